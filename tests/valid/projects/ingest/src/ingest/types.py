Row = dict[str, str]

NORTH = "north"
SOUTH = "south"
ALL = (NORTH, SOUTH, "west")

import pandas as pd
from dagwright import task, workflow


@task
def prices(symbol: str, days: int) -> pd.DataFrame:
    return pd.DataFrame({"day": range(days), "price": [10.0 + len(symbol) + day for day in range(days)]})


@task
def returns(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(change=frame["price"].diff().fillna(0.0))


@task
def volatility(frame: pd.DataFrame) -> float:
    return round(float(frame["change"].std()), 6)


@workflow
def main(symbol: str = "ABC") -> float:
    return volatility(frame=returns(frame=prices(symbol=symbol, days=5)))

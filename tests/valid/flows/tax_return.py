from dataclasses import dataclass

from dagwright import task, workflow


@dataclass
class Address:
    city: str
    postcode: str = ""


@dataclass
class Person:
    name: str
    address: Address
    incomes: list[float]


@dataclass
class Return:
    person: Person
    due: float = 0.0

    def is_zero(self) -> bool:
        return self.due == 0


@task
def assemble(name: str, city: str, incomes: list[float]) -> Person:
    return Person(name, Address(city), incomes)


@task
def assess(person: Person, rate: float) -> Return:
    return Return(person, sum(person.incomes) * rate)


@task
def letter(city: str, first: float, due: float) -> str:
    return f"{city}: {first} of it, {due:.1f} due"


@workflow
def main(name: str = "Lee", rate: float = 0.25) -> str:
    person = assemble(name=name, city="Porto", incomes=[1000.0, 200.0])
    result = assess(person=person, rate=rate)
    return letter(city=result.person.address.city, first=person.incomes[0], due=result.due)

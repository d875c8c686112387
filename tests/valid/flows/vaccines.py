from dataclasses import dataclass, replace
from enum import IntEnum

from dagwright import task, workflow


class Dose(IntEnum):
    FIRST = 1
    SECOND = 2
    BOOSTER = 3


@dataclass(frozen=True)
class Patient:
    name: str
    age: int
    doses: tuple[Dose, ...] = ()


@task
def invite(patient: Patient, dose: Dose) -> Patient:
    return replace(patient, doses=(*patient.doses, dose))


@task
def due(patient: Patient) -> bool:
    return len(patient.doses) < 3


@workflow
def main(name: str = "Kim", age: int = 40) -> bool:
    patient = Patient(name=name, age=age)
    once = invite(patient=patient, dose=Dose.FIRST)
    return due(patient=invite(patient=once, dose=Dose.SECOND))

"""Schedules: the grammar of Argo's own parser."""

import pytest

from dagwright_argo.schedules import cron_problem, cron_text, is_zone, schedule_problems
from dagwright_argo.settings import ScheduleSetting


@pytest.mark.parametrize(
    "text",
    [
        "* * * * *",
        "*/5 * * * *",
        "0 3 * * MON-FRI",
        "0 3 1,15 jan-JUN 0",
        "5/10 ? * * ?",
        "0 0 29 2 *",
        "0 0 31 2 MON",
        "0-59/7 0-23 1-31 1-12 0-6",
        "@daily",
        "@every 1h30m",
        "@every 90s",
        " 0  3 * * * ",
    ],
)
def test_what_argo_takes_has_no_problem(text):
    assert cron_problem(text) == ""


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "has 0 fields, not 5"),
        ("0 3 * *", "has 4 fields, not 5"),
        ("0 0 3 * * *", "has 6 fields, not 5"),
        ("60 * * * *", "'60' of '60 * * * *' is no minute from 0 to 59"),
        ("0 24 * * *", "is no hour from 0 to 23"),
        ("0 0 0 * *", "is no day of the month from 1 to 31"),
        ("0 0 * 13 *", "is no month from JAN to DEC"),
        ("0 0 * * 7", "is no day of the week from SUN to SAT"),
        ("0 0 * * FRI-MON", "is no day of the week"),
        ("0 0 L * *", "is no day of the month"),
        ("0 0 * * 5#2", "is no day of the week"),
        ("*/0 * * * *", "is no minute"),
        ("1,,2 * * * *", "is no minute"),
        ("-5 * * * *", "is no minute"),
        ("٣ * * * *", "is no minute"),
        ("@reboot", "'@reboot' is none of"),
        ("@every", "is none of"),
        ("@every 0s", "has no length"),
        ("@every 5", "is none of"),
        ("0 0 30 2 *", "never comes"),
        ("0 0 31 4,6 *", "never comes"),
    ],
)
def test_what_argo_refuses_or_never_starts_is_said(text, said):
    assert said in cron_problem(text)


@pytest.mark.parametrize(
    ("name", "known"),
    [("UTC", True), ("Europe/Berlin", True), ("Europe/Nowhere", False), ("../etc", False), ("", False), ("CET+1 x", False)],
)
def test_zones_are_those_of_the_machines_table(name, known):
    assert is_zone(name) is known


@pytest.mark.parametrize(
    ("name", "changes", "said"),
    [
        ("nightly", {}, None),
        ("Nightly", {}, "has a name that Kubernetes does not take"),
        ("nightly", {"cron": ()}, "never runs"),
        ("nightly", {"cron": ("0 3 * * *", "x")}, "'x' has 1 fields"),
        ("nightly", {"timezone": "Berlin"}, "has the timezone 'Berlin', which is none"),
        ("nightly", {"failed_history": -1}, "has failed_history = -1, not 0 to 2147483647"),
    ],
)
def test_a_schedule_is_checked_by_itself(name, changes, said):
    schedule = ScheduleSetting(**{"workflow": "wf", "cron": ("0 3 * * *",), **changes})
    found = [message for _, message, _ in schedule_problems({name: schedule})]
    assert (said is None and not found) or [said in message for message in found] == [True], found


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("30 3 * * MON-FRI", "30 3 * * 1-5"),
        ("0 0 1 jan,JUL sun/2", "0 0 1 1,7 0/2"),
        ("  0\t3 * * ? ", "0 3 * * ?"),
        ("@every 1h30m", "@every 1h30m"),
    ],
)
def test_a_schedule_is_written_in_numbers(text, written):
    assert not cron_problem(text)
    assert cron_text(text) == written

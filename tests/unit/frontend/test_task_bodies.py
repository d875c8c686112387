"""What is found in the bodies of tasks, and what beside it is not: names that are local, calls that are caught, files that are written first."""

from __future__ import annotations

import pytest
from frontend_sources import clean, front

from dagwright.authoring.context import Context
from dagwright_compiler.frontend import task_context

HEAD = "from pathlib import Path\nfrom dagwright import Deck, Secret, current_context, task, workflow\n"
FILES = {"data/zones.csv": "a", "pkg/__init__.py": "", "pkg/steps.py": "", "pkg/a.sql": "select 1", "other.py": "X = 1\n"}


def project(lines: str, above: str = "", decorator: str = "@task") -> dict[str, str | bytes]:
    body = "\n".join(f"    {line}" for line in lines.splitlines())
    return {"flow.py": f"{HEAD}{above}\n\n{decorator}\ndef f(x: str) -> str:\n{body}\n    return x\n", **FILES}


def codes(lines: str, above: str = "", decorator: str = "@task") -> list[str]:
    return front(project(lines, above, decorator), ["flow.py"]).codes


@pytest.mark.parametrize(
    ("lines", "above"),
    [
        ("open('data/zones.csv')", ""),
        ("open(file='data/zones.csv')", ""),
        ("open(mode='rb', file='data/zones.csv')", ""),
        ("import io\nio.open('data/zones.csv', 'rt')", ""),
        ("with open('data/zones.csv') as file:\n    file.read()", ""),
        ("Path('data', 'zones.csv').read_text()", ""),
        ("(Path('data') / 'zones.csv').open().read()", ""),
        ("Path(ZONES).read_bytes()", "ZONES = 'data/zones.csv'\n"),
        ("path = Path('data')\nname = 'zones.csv'\n(path / name).read_text()", ""),
        ("import pandas as pd\npd.read_csv('data/zones.csv', sep=';')", ""),
        ("from pandas import read_csv\nread_csv('data/zones.csv')", ""),
        ("import numpy as np\nnp.loadtxt('./data/../data/zones.csv')", ""),
        ("open(Path(__file__).parent / 'data' / x)", ""),
        ("open(f'{Path(__file__).parent}/data/{x}')", ""),
        ("open(HERE + '/data/zones.csv')", "import os\nHERE = os.path.dirname(os.path.abspath(__file__))\n"),
        ("HERE.joinpath('data', 'zones.csv').read_text()", "HERE = Path(__file__).resolve().parents[0]\n"),
        ("import jinja2\njinja2.FileSystemLoader(str(Path(__file__).parent / 'data'))", ""),
        ("import subprocess\nsubprocess.run(['sh', str(Path(__file__).with_name('pkg') / 'a.sql')])", ""),
        ("load()", "def load():\n    return open('data/zones.csv').read()\n"),
        ("first()", "def load():\n    return open('data/zones.csv')\n\n\ndef first():\n    return load()\n"),
        ("return ZONES", "ZONES = open('data/zones.csv').read()\n"),
        ("return ZONES", "with open('data/zones.csv') as file:\n    ZONES = file.read()\n"),
        ("from importlib import resources\nresources.files('pkg')", ""),
        ("import importlib.resources as res\nimport pkg\nres.read_text(pkg, 'a.sql')", ""),
        ("import pkgutil\npkgutil.get_data('pkg', 'a.sql')", ""),
    ],
)
def test_a_file_that_stays_behind_is_found(lines: str, above: str) -> None:
    assert codes(lines, above) == ["DW431"]


@pytest.mark.parametrize(
    ("lines", "above"),
    [
        ("open('data/zones.csv', 'w')", ""),
        ("open('data/zones.csv', mode=x)", ""),
        ("open('/data/zones.csv')", ""),
        ("open('nowhere.csv')", ""),
        ("open(x)", ""),
        ("open(x + '/data/zones.csv')", ""),
        ("open(__file__)", ""),
        ("open(Path(__file__).with_name('flow.py'))", ""),
        ("open = print\nopen('data/zones.csv')", ""),
        ("open('data/zones.csv')", "def open(path): ...\n"),
        ("Path('data/zones.csv').write_text(x)\nopen('data/zones.csv')", ""),
        ("if Path('data/zones.csv').exists():\n    open('data/zones.csv')", ""),
        ("import os\nos.chdir('/tmp')\nopen('data/zones.csv')", ""),
        ("from urllib.request import urlretrieve\nurlretrieve(x, 'data/zones.csv')\nopen('data/zones.csv')", ""),
        ("import pandas as pd\npd.read_csv('https://example.org/data/zones.csv')\npd.read_csv('s3://b/data/zones.csv')", ""),
        ("import sys\nsys.path.insert(0, str(Path(__file__).parent / 'pkg'))", ""),
        ("print(Path(__file__).parent / 'data')", ""),
        ("import pkg.steps\nopen(Path(__file__).parent / 'pkg' / 'steps.py')", ""),
        ("from importlib import resources\nresources.files('sklearn')", ""),
        ("import pkgutil\npkgutil.get_data(x, 'a.sql')", ""),
        ("path = Path(x)\npath = path / 'data'\npath.read_text()", ""),
        ("return x", "def load():\n    return open('data/zones.csv').read()\n"),
        ("return x", "if __name__ == '__main__':\n    print(open('data/zones.csv').read())\n"),
        ("'''See data/zones.csv, open(\"data/zones.csv\").'''", ""),
        ("x.open('data/zones.csv')", ""),
    ],
)
def test_what_is_there_or_may_be_is_no_finding(lines: str, above: str) -> None:
    clean(project(lines, above), ["flow.py"])


@pytest.mark.parametrize(
    "lines",
    [
        "import importlib\nimportlib.import_module(x)",
        "import importlib\nimportlib.import_module(f'pkg.{x}')",
        "import importlib\nimportlib.import_module('pkg.%s' % x)",
        "import importlib\nimportlib.import_module('.' + x, 'pkg')",
        "from importlib import import_module as load\nload(name=x)",
        "__import__(x)",
        "import importlib\nname = 'other'\nimportlib.import_module(name)",
    ],
)
def test_an_import_that_only_a_run_names_is_found(lines: str) -> None:
    assert codes(lines) == ["DW432"]


@pytest.mark.parametrize(
    "lines",
    [
        "import importlib\nimportlib.import_module('other')",
        "import importlib\nimportlib.import_module('json')",
        "import importlib\nimportlib.import_module(f'sklearn.{x}')",
        "import importlib\nimport other\nname = 'other'\nimportlib.import_module(name)",
        "import importlib\nfor name in ('csv', 'json'):\n    importlib.import_module(name)",
        "import importlib\nmodules = [importlib.import_module(name) for name in ['csv', 'json']]",
        "import importlib\ntry:\n    importlib.import_module(x)\nexcept ImportError:\n    pass",
        "def import_module(name): ...\nimport_module(x)",
    ],
)
def test_imports_that_travel_or_come_from_the_image_are_no_finding(lines: str) -> None:
    clean(project(lines), ["flow.py"])


SECRET = "@task(secret_requests=[Secret(group='g', key='k')])"
GROUP = "@task(secret_requests=[Secret(group='g')])"


@pytest.mark.parametrize(
    ("lines", "decorator"),
    [
        ("current_context().secrets.get('g', 'k')", "@task"),
        ("current_context().secrets.get(key='k', group='g')", "@task(secret_requests=[Secret(group='g', key='other')])"),
        ("ctx = current_context()\nsecrets = ctx.secrets\nsecrets.get('g', 'k')", "@task"),
        ("current_context().secrets.g.k", "@task"),
        ("import flytekit\nflytekit.current_context().secrets.get('g', 'k')", "@task"),
        ("def read():\n    return current_context().secrets.get('g', 'k')\nread()", "@task"),
    ],
)
def test_a_secret_that_is_not_asked_for_is_found(lines: str, decorator: str) -> None:
    found = front(project(lines, "", decorator), ["flow.py"]).only
    assert found.code.id == "DW433"
    assert found.help == 'write `secret_requests=[Secret(group="g", key="k")]` in the `@task` of `f`'


@pytest.mark.parametrize(
    ("lines", "decorator"),
    [
        ("current_context().secrets.get('g', 'k')", SECRET),
        ("current_context().secrets.get('G', 'K')", SECRET),
        ("current_context().secrets.g.k", SECRET),
        ("current_context().secrets.get('g', 'k')", GROUP),
        ("current_context().secrets.get('g', 'k')", "@task(pod_template_name='with-secrets')"),
        ("current_context().secrets.get('g', 'k')", "@task(environment={'_FSEC_G_K': 'x'})"),
        ("current_context().secrets.get('g', x)", "@task"),
        ("try:\n    current_context().secrets.get('g', 'k')\nexcept ValueError:\n    pass", "@task"),
        ("secrets = {'g': 1}\nsecrets.get('g', 'k')", "@task"),
        ("current_context().secrets.get_secrets_env_var('g', 'k')", "@task"),
    ],
)
def test_secrets_that_are_asked_for_or_may_be_there_are_no_finding(lines: str, decorator: str) -> None:
    clean(project(lines, "", decorator), ["flow.py"])


@pytest.mark.parametrize(
    "lines", ["Deck('a')", "from dagwright import Deck as Page\nPage('a')", "current_context().default_deck"]
)
def test_a_deck_needs_its_keyword(lines: str) -> None:
    assert codes(lines) == ["DW434"]
    clean(project(lines, "", "@task(enable_deck=True)"), ["flow.py"])


def test_the_attributes_of_a_context_are_those_that_it_has() -> None:
    public = {name for name in dir(Context) if not name.startswith("_")}
    assert public - {"get"} == task_context._ATTRIBUTES


@pytest.mark.parametrize("name", ["stats", "raw_output_prefix", "spark_session"])
def test_what_a_context_lacks_is_refused_unless_caught(name: str) -> None:
    assert codes(f"ctx = current_context()\nctx.{name}") == ["DW206"]
    clean(project(f"ctx = current_context()\ntry:\n    ctx.{name}\nexcept NotImplementedError:\n    pass"), ["flow.py"])


def test_local_names_hide_tasks() -> None:
    text = "@task\ndef g(x: str) -> str:\n    return x\n"
    assert codes("g(x=x)", text) == ["DW416"]
    assert codes("import flow\nflow.g(x=x)", text) == ["DW416"]
    clean(project("g = str\ng(x)\n[g(y) for y in x]", text), ["flow.py"])
    clean(project("def g(y):\n    return y\ng(x)", text), ["flow.py"])

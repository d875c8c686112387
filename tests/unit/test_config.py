from __future__ import annotations

from pathlib import Path

import pytest

from dagwright_compiler.config import Settings, load_settings


def written(folder: Path, text: str, name: str = "pyproject.toml") -> Path:
    (folder / name).write_text(text, encoding="utf-8")
    return folder


def load(folder: Path, **more: object) -> Settings:
    return load_settings(folder, environ={}, display_root=folder, **more)  # type: ignore[arg-type]


def test_without_a_file_everything_is_default(tmp_path: Path) -> None:
    settings = load(tmp_path)
    assert (settings.root, settings.project, settings.domain, settings.store) == (tmp_path, "default", "development", "")
    assert settings.local_store == (tmp_path / ".dagwright/store").as_uri()
    assert settings.findings == ()


def test_the_table_is_read_and_targets_are_handed_on(tmp_path: Path) -> None:
    written(
        tmp_path,
        '[tool.dagwright]\nproject = "ads"\nstore = "s3://b/p"\nsource_roots = ["src"]\npickle = ["pkg.Model"]\n'
        '[tool.dagwright.argo]\nnamespace = "ml"\n',
    )
    settings = load(tmp_path)
    assert (settings.project, settings.store, settings.local_store) == ("ads", "s3://b/p", "s3://b/p")
    assert settings.source_roots == (tmp_path / "src",)
    assert settings.pickle == ("pkg.Model",)
    assert settings.targets == {"argo": {"namespace": "ml"}}
    assert settings.findings == ()


def test_flag_beats_environment_beats_file_beats_default(tmp_path: Path) -> None:
    written(tmp_path, '[tool.dagwright]\nproject = "file"\ndomain = "file"\nstore = "file:///file"\n')
    environ = {"DAGWRIGHT_PROJECT": "env", "DAGWRIGHT_DOMAIN": "env", "DAGWRIGHT_STORE": ""}
    settings = load_settings(tmp_path, flags={"project": "flag", "domain": None}, environ=environ)
    assert (settings.project, settings.domain, settings.store) == ("flag", "env", "file:///file")


def test_the_nearest_table_holds_and_marks_the_root(tmp_path: Path) -> None:
    written(tmp_path, '[tool.dagwright]\nproject = "outer"\n')
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    written(tmp_path / "a", '[project]\nname = "x"\ndependencies = ["dagwright"]\n')
    (inner / "flow.py").write_text("")
    settings = load(inner / "flow.py")
    assert (settings.project, settings.root) == ("outer", tmp_path)


def test_without_a_table_the_nearest_project_is_the_root(tmp_path: Path) -> None:
    inner = tmp_path / "a"
    inner.mkdir()
    written(tmp_path, "[project]\nname = 'x'\n")
    assert load(inner).root == tmp_path


def test_our_own_file_needs_no_prefix_and_wins(tmp_path: Path) -> None:
    written(tmp_path, '[tool.dagwright]\nproject = "shared"\n')
    written(tmp_path, 'project = "own"\n[batch]\nqueue = "q"\n', "dagwright.toml")
    settings = load(tmp_path)
    assert settings.project == "own"
    assert settings.targets == {"batch": {"queue": "q"}}


def test_an_unknown_setting_is_a_warning_that_names_the_nearest(tmp_path: Path) -> None:
    written(tmp_path, '[project]\nname = "x"\n\n[tool.dagwright]\n  projct = "ads"\nzzz = 1\n')
    settings = load(tmp_path)
    first, second = settings.findings
    assert (first.code.id, first.code.severity, first.help) == ("DW591", "warning", "did you mean `project`?")
    assert first.span is not None
    assert (first.span.path, first.span.line, first.span.column, first.span.end_column) == ("pyproject.toml", 5, 2, 8)
    assert "`source_roots`" in second.help
    assert settings.project == "default"


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("project = 3", "`project` takes text, not `3`"),
        ("source_roots = 'src'", '`source_roots` takes a list of folders, not `"src"`'),
        ("pickle = 'maybe'", '`pickle` takes `"warn"`, `"deny"` or a list of class names, not `"maybe"`'),
        ("store = true", "`store` takes a store's URL as text, not `true`"),
        ("domain = {a = 1}", "`domain` takes text, not a table"),
    ],
)
def test_a_value_of_the_wrong_form_is_an_error(tmp_path: Path, line: str, message: str) -> None:
    written(tmp_path, f"[tool.dagwright]\n{line}\n")
    settings = load(tmp_path)
    assert [(found.code.id, found.message) for found in settings.findings] == [("DW592", message)]
    assert settings.findings[0].span is not None
    assert settings.findings[0].span.line == 2


def test_broken_toml_is_one_line_with_its_place(tmp_path: Path) -> None:
    written(tmp_path, "[tool.dagwright]\nproject = = 1\n")
    (found,) = load(tmp_path).findings
    assert found.code.id == "DW590"
    assert found.message == "`pyproject.toml` cannot be read: invalid value"
    assert found.span is not None
    assert found.span.line == 2


def test_a_file_that_is_no_text_is_reported(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_bytes(b"# dagwright \xff\n")
    assert [found.message for found in load(tmp_path).findings] == ["`pyproject.toml` cannot be read: it is not UTF-8 text"]


def test_broken_toml_of_others_is_not_our_business(tmp_path: Path) -> None:
    written(tmp_path, "[tool.other]\nproject = = 1\n")
    assert load(tmp_path).findings == ()


def test_a_table_that_is_none_is_reported(tmp_path: Path) -> None:
    written(tmp_path, "[tool]\ndagwright = 3\n")
    assert [found.message for found in load(tmp_path).findings] == ["`tool.dagwright` is not a table"]


def test_our_own_file_is_read_even_when_it_is_empty(tmp_path: Path) -> None:
    inner = tmp_path / "a"
    inner.mkdir()
    written(tmp_path, '[tool.dagwright]\nproject = "outer"\n')
    written(inner, "", "dagwright.toml")
    assert (load(inner).project, load(inner).root) == ("default", inner)


PROFILES = """\
[tool.dagwright]
store = "s3://dev/p"

[tool.dagwright.argo]
namespace = "dev"
env = {A = "1", B = "2"}
volumes = [{name = "a"}]

[tool.dagwright.profiles.prod]
store = "s3://prod/p"

[tool.dagwright.profiles.prod.argo]
namespace = "prod"
env = {B = "3"}
volumes = []
"""


def test_a_profile_goes_over_the_project_key_by_key(tmp_path: Path) -> None:
    written(tmp_path, PROFILES)
    plain, prod = load(tmp_path), load(tmp_path, flags={"profile": "prod"})
    assert (plain.findings, prod.findings) == ((), ())
    assert (plain.store, plain.profile) == ("s3://dev/p", "")
    assert set(plain.targets) == set(prod.targets) == {"argo"}
    assert (prod.store, prod.profile) == ("s3://prod/p", "prod")
    assert prod.targets["argo"] == {"namespace": "prod", "env": {"A": "1", "B": "3"}, "volumes": []}


def test_the_environment_names_a_profile_and_a_flag_wins(tmp_path: Path) -> None:
    written(tmp_path, PROFILES + '[tool.dagwright.profiles.test]\nstore = "s3://test/p"\n')
    environ = {"DAGWRIGHT_PROFILE": "test"}
    assert load_settings(tmp_path, environ=environ).store == "s3://test/p"
    assert load_settings(tmp_path, environ=environ, flags={"profile": "prod"}).store == "s3://prod/p"
    assert load_settings(tmp_path, environ={**environ, "DAGWRIGHT_STORE": "s3://env/p"}).store == "s3://env/p"


def test_an_unknown_profile_is_an_error_that_names_the_nearest(tmp_path: Path) -> None:
    written(tmp_path, PROFILES)
    (found,) = load(tmp_path, flags={"profile": "prd"}).findings
    assert (found.code.id, found.message, found.help) == ("DW592", "there is no profile `prd`", "did you mean `prod`?")
    assert found.span is not None
    assert found.span.line == 9


@pytest.mark.parametrize("text", ["profiles = 3", "profiles = {a = 1}"])
def test_profiles_are_tables(tmp_path: Path, text: str) -> None:
    written(tmp_path, f"[tool.dagwright]\n{text}\n")
    (found,) = load(tmp_path).findings
    assert (found.code.id, found.message[:32]) == ("DW592", "`profiles` takes tables by name,")


def test_a_mistake_in_a_profile_is_shown_there(tmp_path: Path) -> None:
    written(tmp_path, PROFILES.replace('store = "s3://prod/p"', "store = 4"))
    (found,) = load(tmp_path, flags={"profile": "prod"}).findings
    assert found.span is not None
    assert (found.code.id, found.span.line) == ("DW592", 10)


def test_keys_of_a_target_are_found_where_they_are_written(tmp_path: Path) -> None:
    written(tmp_path, PROFILES + '\n[[tool.dagwright.profiles.prod.argo.tolerations]]\nkey = "a"\n')
    plain, prod = load(tmp_path), load(tmp_path, flags={"profile": "prod"})
    lines = [
        settings.span_of_target("argo", key).line  # type: ignore[union-attr]
        for settings, key in ((plain, "namespace"), (prod, "namespace"), (prod, "tolerations"))
    ]
    assert lines == [5, 13, 17]


def test_what_is_below_a_key_is_found_where_it_is_written(tmp_path: Path) -> None:
    text = (
        '[tool.dagwright.argo]\nlabels = {a = "x", "b.c/d" = "y"}\ntolerations = [\n  {key = "a"},\n  {key = "b"},\n]\n'
        '[tool.dagwright.argo.tasks."flow.t"]\nservice_account = "é"  # X\n'
        '[[tool.dagwright.argo.volumes]]\nname = "v"\n[[tool.dagwright.argo.volumes]]\nname = "w"\n'
        '[tool.dagwright.profiles.prod.argo.labels]\na = "z"\n'
    )
    written(tmp_path, text)
    plain, prod = load(tmp_path), load(tmp_path, flags={"profile": "prod"})

    def stands(settings: Settings, *key: str | int) -> tuple[int, str]:
        span = settings.span_of_target("argo", key)
        assert span is not None
        return span.line, text.split("\n")[span.line - 1][span.column : span.end_column]

    assert stands(plain, "labels", "b.c/d") == (2, '"b.c/d"')
    assert stands(plain, "tolerations", 1, "key") == (5, "key")
    assert stands(plain, "tolerations", 1, "effect") == (5, '{key = "b"}')
    assert stands(plain, "tasks", "flow.t", "service_account") == (8, "service_account")
    assert stands(plain, "volumes", 1, "name") == (12, "name")
    assert stands(plain, "labels", "new") == (2, "labels")
    # A profile's table is joined with the project's: each key stands where it is written.
    assert stands(prod, "labels", "a") == (14, "a")
    assert stands(prod, "labels", "b.c/d") == (2, '"b.c/d"')

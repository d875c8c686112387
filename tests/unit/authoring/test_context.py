"""``current_context()`` and decks where no attempt runs, and the lookup of secrets."""

from pathlib import Path

import pytest

import dagwright
from dagwright.authoring.deck import Deck, MarkdownRenderer, TopFrameRenderer, page
from dagwright.compat.unsupported import NotSupportedError
from dagwright.contract.secrets import secret_path, secret_variable
from dagwright.execution import context
from dagwright.execution.granted import absent, chosen_variables


@pytest.fixture
def attempt(tmp_path):
    made = context.Attempt("node", task="flow.t", run="the-run", project="p", domain="d", work=str(tmp_path / "work"))
    before = context.enter(made)
    yield made
    context.enter(before)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("FLYTE_SECRETS_DEFAULT_DIR", str(tmp_path))
    return tmp_path


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


def secrets():
    return dagwright.current_context().secrets


def test_names_are_flytekits():
    assert secret_variable("my_group", "Key") == "_FSEC_MY_GROUP_KEY"
    assert secret_variable("g", "k", "v1") == "_FSEC_G_V1_K"
    assert secret_variable("", "k") == "_FSEC_K"
    assert secret_path("Group", "Key.pem") == "group/key.pem"
    assert secret_path("g", "k", "v", "pre-") == "g/v/pre-k"
    assert secrets().get_secrets_env_var("g", "k") == "_FSEC_G_K"
    assert secrets().get_secrets_file("g", "k") == "/etc/flyte/secrets/g/k"


def test_a_variable_goes_before_a_file(folder, monkeypatch):
    write(folder / "g" / "k", "file\n")
    assert secrets().get("g", "k") == "file"
    assert secrets().get("g", "k", encode_mode="rb") == b"file"
    monkeypatch.setenv("_FSEC_G_K", "variable\n")
    assert secrets().get("g", "k") == secrets().g.k == secrets().get(key="k", group="g") == "variable"
    assert secrets().get("g", "k", encode_mode="rb") == b"variable"


def test_prefixes_may_be_set(folder, monkeypatch):
    monkeypatch.setenv("FLYTE_SECRETS_ENV_PREFIX", "OUR_")
    monkeypatch.setenv("FLYTE_SECRETS_FILE_PREFIX", "s_")
    write(folder / "g" / "s_f", "in a file")
    monkeypatch.setenv("OUR_G_V", "in a variable")
    assert (secrets().get("g", "f"), secrets().get("g", "v")) == ("in a file", "in a variable")


def test_keys_of_a_whole_group_keep_their_spelling(folder, monkeypatch):
    monkeypatch.setenv("_FSEC_G_Camel", "variable")
    write(folder / "h" / "Camel", "file")
    assert (secrets().get("g", "Camel"), secrets().get("h", "Camel")) == ("variable", "file")


def test_a_version_is_looked_for_first(monkeypatch):
    monkeypatch.setenv("_FSEC_G_K", "any")
    assert secrets().get("g", "k", "v1") == "any"
    monkeypatch.setenv("_FSEC_G_V1_K", "first")
    assert secrets().get("g", "k", group_version="v1") == "first"


def test_an_absent_secret_names_where_it_was_looked_for():
    with pytest.raises(
        ValueError,
        match=r"neither in the variable _FSEC_NO_Y nor in the file /etc/flyte/secrets/no/y.*Secret\(group='no', key='y'\)",
    ):
        secrets().get("no", "y")
    with pytest.raises(ValueError, match="needs a group or a key"):
        secrets().get()


def test_an_absent_secret_of_a_pod_is_one_of_the_namespace(monkeypatch):
    monkeypatch.setenv("KUBERNETES_SERVICE_HOST", "10.0.0.1")
    with pytest.raises(ValueError, match=r"the run's namespace lacks the Secret of the group, or this key in it$"):
        secrets().get("no", "y")
    monkeypatch.delenv("KUBERNETES_SERVICE_HOST")
    with pytest.raises(ValueError, match=r"on this machine, set the variable$"):
        secrets().get("no", "y")


def test_an_attempt_tells_who_runs(attempt):
    found = dagwright.current_context()
    assert (found.task_id.name, found.execution_id.name, found.execution_id.project, found.task_id.domain) == (
        "flow.t",
        "the-run",
        "p",
        "d",
    )
    assert found.execution_date.tzinfo is not None
    assert found.working_directory == dagwright.current_context().working_directory
    assert str(Path(found.working_directory).parent) == attempt.work


def test_without_an_attempt_only_the_attempt_is_unknown():
    found = dagwright.current_context()
    assert Path(found.working_directory).is_dir()
    with pytest.raises(RuntimeError, match="task_id is known inside a task only"):
        _ = found.task_id


def test_what_flytekit_has_beyond_it_says_so():
    with pytest.raises(NotSupportedError, match=r"does not support current_context\(\).stats yet"):
        _ = dagwright.current_context().stats
    with pytest.raises(NotSupportedError, match="SPARK_SESSION"):
        dagwright.current_context().get("SPARK_SESSION")
    assert not dagwright.current_context().has_attr("SPARK_SESSION")


def test_the_logger_speaks_from_info_on(caplog):
    with caplog.at_level("INFO", "dagwright.task"):
        dagwright.current_context().logging.info("step %d", 1)
    assert [record.getMessage() for record in caplog.records] == ["step 1"]


def test_decks_belong_to_the_attempt(attempt):
    Deck("one", "<b>1</b>").append("<i>2</i>")
    dagwright.current_context().default_deck.append("x")
    dagwright.current_context().default_deck.append("y")
    assert [(deck.name, deck.html) for deck in attempt.decks] == [("one", "<b>1</b>\n<i>2</i>"), ("default", "x\ny")]
    written = page("flow.<t>", attempt.decks)
    assert "<title>flow.&lt;t&gt;</title>" in written
    assert "<h2>one</h2>\n<b>1</b>\n<i>2</i>" in written
    assert Deck.publish() is None


def test_renderers_leave_the_work_to_the_value():
    class Frame:
        def to_html(self, *, max_rows, max_cols):
            return f"<table {max_rows} {max_cols}>"

    assert TopFrameRenderer(3).to_html(Frame()) == "<table 3 100>"
    assert "a &lt; b" in MarkdownRenderer().to_html("a < b")


def test_variables_of_the_users_choice_are_set_from_the_secret(folder, monkeypatch):
    monkeypatch.setenv("_FSEC_G_K", "value")
    monkeypatch.setenv("TAKEN", "before")
    write(folder / "g" / "f.json", "{}")
    asked = [
        {"group": "g", "key": "k", "env_var": "HERE"},
        {"group": "g", "key": "k", "env_var": "TAKEN"},
        {"group": "g", "key": "f.json", "mount": "file", "env_var": "PATH_OF"},
        {"group": "g", "key": "nowhere", "env_var": "NO"},
        {"group": "g", "key": "lost"},
        {"group": "whole"},
    ]
    assert chosen_variables(asked) == {"HERE": "value", "PATH_OF": str(folder / "g" / "f.json")}
    assert absent(asked) == ["g/nowhere", "g/lost"]

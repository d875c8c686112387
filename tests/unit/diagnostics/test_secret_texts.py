from __future__ import annotations

import pytest

from dagwright_compiler.diagnostics.secret_texts import kind_of_secret, masked

# In two parts: scanners of repositories look for the whole.
FORMS = {
    "AKIA" + "Q3EGTZ7VHB5LMN2P": "AWS",
    "ghp_" + "a1B2c3D4" * 5: "GitHub",
    "glpat-" + "a1B2c3D4e5F6g7H8i9J0": "GitLab",
    "xoxb-" + "123456789012-abcdef": "Slack",
    "sk_live_" + "a1B2c3D4e5F6g7H8i9J0": "Stripe",
    "AIza" + "a1B2c3D4e5F6g7H8i9J0a1B2c3D4e5F6g7H": "Google",
    "hf_" + "a1B2c3D4e5" * 4: "Hugging Face",
    "sk-" + "a1B2c3D4e5" * 4: "model",
    "eyJhbGciOiJIUzI1NiJ9." + "eyJzdWIiOiIxMjM0NTY3ODkwIn0." + "dozjgNryP4J3jVmNHl0w5N": "JWT",
    "-----BEGIN RSA " + "PRIVATE KEY-----\nMIIEow\n-----END": "private key",
    "postgres://app:" + "s3cr3t@db/sales": "password",
}


@pytest.mark.parametrize("text", FORMS)
def test_forms_are_recognised_and_masked(text: str) -> None:
    assert FORMS[text] in kind_of_secret(text)
    shown = masked(f"x = {text!r}")
    assert text[-6:] not in shown or "://" in text or "END" in text
    assert len(shown) == len(f"x = {text!r}")
    assert "****" in shown


@pytest.mark.parametrize(
    "text",
    [
        "s3://bucket/key",
        "https://example.com:8080/path",
        "https://${USER}:${PASSWORD}@host",
        "postgres://app:{password}@db",
        "hf_hub",
        "sk-learn-pipeline-with-a-long-name-of-words",
        "AKIA",
        "eyJ",
        "a" * 64,
        "5f4dcc3b5aa765d61d8327deb882cf99",
    ],
)
def test_what_merely_might_be_one_is_left(text: str) -> None:
    assert kind_of_secret(text) == ""
    assert masked(text) == text


@pytest.mark.parametrize("name", ["password", "DB_PASSWORD", "api_key", "API_TOKEN", "client_secret", "credentials"])
def test_names_tell(name: str) -> None:
    assert kind_of_secret("h7nter2-again", name)
    assert masked(f'{name}="h7nter2-again"') == f'{name}="{"*" * 13}"'
    assert masked(f"{{\"{name}\": 'h7nter2-again'}}") == f"{{\"{name}\": '{'*' * 13}'}}"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("password_file", "h7nter2-again"),
        ("tokenizer", "bert-base-v2"),
        ("token", "/var/run/secrets/token"),
        ("password", "${DB_PASSWORD}"),
        ("secret", "arn:aws:secretsmanager:eu:1:secret:x"),
        ("token", "default_token"),
        ("password", "short"),
        ("secret", "two words1 here"),
    ],
)
def test_references_and_plain_words_are_left(name: str, text: str) -> None:
    assert kind_of_secret(text, name) == ""


@pytest.mark.parametrize(
    "word",
    [
        "password",
        "Passwd",
        "passphrase",
        "SECRET",
        "token",
        "apikey",
        "api_key",
        "private_key",
        "secretkey",
        "AccessKey",
        "credentials",
    ],
)
def test_every_word_that_names_a_secret_is_looked_for(word: str) -> None:
    assert masked(f'my_{word} = "abc123def456gh"') == f'my_{word} = "**************"'

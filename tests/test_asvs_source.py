"""What the source does not do: run text as a program, unpack objects, build patterns or forms of foreign words."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field
from functools import cache

from tests.documents import tracked
from tests.house import REPOSITORY, SOURCE

CRYPTOGRAPHY = {
    *("AESGCM", "Scrypt", "InvalidTag", "InvalidSignature", "Ed25519PrivateKey", "Ed25519PublicKey"),
    *("Encoding", "PublicFormat", "PrivateFormat", "NoEncryption"),
}
"""What may be taken from the package ``cryptography``."""
PROCESSES = {"surfaces/cli/benches.py", "surfaces/cli/models.py", "surfaces/console/serving.py", "sync/decoding.py"}
"""Where another process is started, each time from a list of our own words."""
PREDICTABLE = {
    "kit/jobs/registry.py": "spreads the pauses between attempts",
    "kit/verbs/running.py": "spreads the pauses between attempts",
    "connectors/api.py": "spreads the pauses between attempts",
    "connectors/salesforce/write.py": "spreads the pauses between attempts",
    "connectors/doubling.py": "faults of a fake helpdesk, the same for the same seed",
    "connectors/freshdesk/double_account.py": "a fake account, the same for the same seed",
    "connectors/salesforce/double.py": "a fake account, the same for the same seed",
    "connectors/salesforce/double_account.py": "a fake account, the same for the same seed",
    "insight/ranking/profiles/planting.py": "synthetic people, the same for the same seed",
    "surfaces/cli/demo_work.py": "what reviewers of the demonstration answered, the same for the same seed",
}
"""Where predictable random numbers are good enough."""
CHECKSUMS = {
    "warehouse/hashing.py": "tells damage from sameness; what has to resist forgers is SHA-256 with a MAC",
    "desks/training/recognising.py": "xAPI names people by this digest of their address; it proves nothing",
}
"""Where a weaker digest counts rows together, or is how others write a name."""
FORMS = {
    "desks/hiring/postings/printing/texts.py": "the form of a line, listed there",
    "insight/ranking/profiles/planting.py": "sentences of synthetic people, listed there",
    "floor/log.py": "sentences of the simulated floor, listed there",
    "warehouse/engines/spark.py": "the reader of a format of files, no text",
    "kit/documents/wording.py": "the words of a sheet, listed there for each language",
    "kit/documents/mail.py": "one of those words",
    "kit/documents/slides.py": "one of those words",
}
"""Where a form, or what looks like one, is no constant."""
PATTERNS = {
    "connectors/doubling": "paths of the fake helpdesks, written in their sources",
    "desks/compliance/recognising": "words of complaints and addresses of regulators, listed there",
    "desks/hiring/posting/editing": "names of degrees, listed there",
    "desks/hiring/postings/reading_back": "labels of our own postings, listed there",
    "desks/hiring/postings/wording": "words that postings avoid, listed in its data file",
    "desks/hiring/searching/keywords": "phrases whose words were escaped one by one",
    "insight/ranking/profiles/degrees": "names of degrees, listed there",
    "insight/ranking/profiles/leading": "words for numbers and teams, listed there",
    "insight/ranking/reading": "words of queries, listed there and in its tables",
    "insight/text/promises": "forms of promises, listed in its data file",
    "insight/text/times": "forms of days and hours, listed in its data file",
    "desks/quality/checking": "words of automatic checks; repeated groups are refused when they are saved",
    "sync/ours": "the mark of our own notes and eight signs",
    "connectors/files/eventlog": "separators of one sign, forms of dates and words, all listed there",
    "sync/screen": "words for cards and codes, listed there",
    "insight/text/zones": "beginnings of quotes and signatures, listed in its data file",
    "insight/text/behaviours": "words of behaviours, listed in its data file, and names that were escaped",
    "desks/training/practising": "words that were escaped one by one",
}
"""Where patterns are put together of lists in the source."""


@dataclass
class Source:
    """The product's modules with what they import (module of ours, from where, what) and call (module, call, name)."""

    texts: dict[str, str] = field(default_factory=dict)
    imports: list[tuple[str, str, str]] = field(default_factory=list)
    calls: list[tuple[str, ast.Call, str]] = field(default_factory=list)


@cache
def _source() -> Source:
    found = Source()
    for path in sorted(SOURCE.rglob("*.py")):
        name = str(path.relative_to(SOURCE))
        if not {"tests", "migrations"} & set(path.parts):
            found.texts[name] = path.read_text(encoding="utf-8")
            for node in ast.walk(ast.parse(found.texts[name])):
                _note(found, name, node)
    return found


def _note(found: Source, name: str, node: ast.AST) -> None:
    if isinstance(node, ast.Call):
        found.calls.append((name, node, _dotted(node.func)))
    elif isinstance(node, ast.Import):
        found.imports += [(name, alias.name, "") for alias in node.names]
    elif isinstance(node, ast.ImportFrom):
        found.imports += [(name, node.module or "", alias.name) for alias in node.names]


def _dotted(node: ast.expr) -> str:
    if isinstance(node, ast.Name):
        return node.id
    return f"{_dotted(node.value)}.{node.attr}" if isinstance(node, ast.Attribute) else ""


def _importing(banned: set[str]) -> list[str]:
    return [f"{name}: {module}" for name, module, _ in _source().imports if module.partition(".")[0] in banned]


def test_no_text_is_run_as_a_program() -> None:
    banned = {"eval", "exec", "compile", "__import__", "os.system", "os.popen", "builtins.exec", "builtins.eval"}
    assert len(_source().texts) > 150
    assert [f"{name}:{call.lineno}" for name, call, said in _source().calls if said in banned] == []


def test_no_object_is_unpacked_from_bytes() -> None:
    unpackers = {"pickle", "marshal", "shelve", "dill", "cloudpickle", "yaml", "jsonpickle", "joblib"}
    assert len(_source().imports) > 1000
    found = [one for one in _importing(unpackers) if one != "desks/compliance/reading_packs.py: yaml"]
    assert found == []  # rule packs are read by a loader that makes texts, numbers, lists and mappings alone


def test_xml_is_parsed_by_the_guarded_parsers_only() -> None:
    parsers = {"parse", "iterparse", "fromstring", "XML", "XMLParser", "make_parser", "parseString", "XMLPullParser"}
    found = [
        f"{name}: {module}.{what}"
        for name, module, what in _source().imports
        if module.startswith(("xml.", "lxml")) and (what in parsers or not what)
    ]
    assert found == []
    assert any(module.startswith("defusedxml") for _, module, _ in _source().imports)


def test_other_processes_are_started_from_lists_of_our_own_words() -> None:
    starts = {f"subprocess.{one}" for one in ("run", "Popen", "call", "check_call", "check_output", "getoutput")}
    starts |= {"os.execv", "os.execve", "os.execvp", "os.spawnv", "os.posix_spawn"}
    found = {name for name, _, said in _source().calls if said in starts}
    assert found and found <= PROCESSES
    assert [name for name, call, _ in _source().calls if any(one.arg == "shell" for one in call.keywords)] == []


def test_no_template_is_made_of_a_text_but_those_that_stand_in_the_source() -> None:
    makers = ("Template", "Engine", "Environment")
    found = [
        f"{name}:{call.lineno}"
        for name, call, said in _source().calls
        if (said in makers or said.endswith(".from_string")) and not (call.args and _constant(call.args[0]))
        if not (said == "Engine" and not call.args)
    ]
    assert found == []


def test_the_form_of_a_text_is_never_foreign() -> None:
    found = [
        f"{name}:{call.lineno}"
        for name, call, _ in _source().calls
        if isinstance(call.func, ast.Attribute) and call.func.attr in ("format", "format_map")
        if not _constant(call.func.value) and name not in FORMS
    ]
    assert found == []


def test_patterns_are_made_of_our_own_words() -> None:
    asks = {f"re.{one}" for one in ("compile", "match", "fullmatch", "search", "findall", "finditer", "sub", "split")}
    asked = [(name, call) for name, call, said in _source().calls if said in asks and call.args]
    assert len(asked) > 100
    assert [f"{name}:{call.lineno}" for name, call in asked if not _written_here(call.args[0], name)] == []


def _written_here(pattern: ast.expr, name: str) -> bool:
    """A constant, constants put together, or what was escaped."""
    if name.startswith(tuple(PATTERNS)):
        return True
    if isinstance(pattern, ast.JoinedStr):
        parts = [one.value for one in pattern.values if isinstance(one, ast.FormattedValue)]
        return all(_constant(one) or _escaped(one) for one in parts)
    return _constant(pattern)


def _escaped(part: ast.expr) -> bool:
    return isinstance(part, ast.Call) and _dotted(part.func) == "re.escape"


def _constant(value: ast.expr) -> bool:
    """A literal, or a name in capitals: what is known when the module is loaded."""
    if isinstance(value, ast.Attribute) and value.attr == "pattern":
        value = value.value
    return isinstance(value, ast.Constant) or _dotted(value).rpartition(".")[2].strip("_").isupper()


def test_cryptography_is_that_of_the_list() -> None:
    taken = {what for _, module, what in _source().imports if module.partition(".")[0] == "cryptography"}
    assert "AESGCM" in taken and taken <= CRYPTOGRAPHY
    assert _importing({"Crypto", "Cryptodome", "nacl", "rsa", "M2Crypto", "pyaes", "passlib", "bcrypt"}) == []


def test_digests_are_of_256_bits_or_more() -> None:
    calls = [(name, said) for name, _, said in _source().calls if said.startswith("hashlib.")]
    used = {said for name, said in calls if name not in CHECKSUMS}
    assert "hashlib.sha256" in used and used <= {"hashlib.sha256", "hashlib.sha512", "hashlib.file_digest"}
    weak = re.compile(r"\b(?:md5|sha1|MD5|SHA1|ECB|PKCS1v15)\b")
    assert {name for name, text in _source().texts.items() if weak.search(text)} == set(CHECKSUMS)


def test_predictable_numbers_are_no_secrets() -> None:
    assert {name for name, module, _ in _source().imports if module in ("random", "numpy.random")} == set(PREDICTABLE)


def test_secrets_are_compared_in_constant_time() -> None:
    found = {name for name, _, said in _source().calls if said in ("hmac.compare_digest", "secrets.compare_digest")}
    assert {"kit/safety/webhooks.py", "people/acting.py", "kit/backup/archive.py"} <= found


def test_no_file_of_the_repository_holds_a_secret() -> None:
    shapes = re.compile(
        r"-----BEGIN (?:RSA |EC |OPENSSH )?PRIVATE KEY-----\n[A-Za-z0-9+/]{40}|\bAKIA[0-9A-Z]{16}\b"
        r"|\bgh[pousr]_[A-Za-z0-9]{36}\b|\bxox[abp]-[0-9A-Za-z-]{20,}|\bmtr_[0-9a-f]{8}_[A-Za-z0-9_-]{43}\b"
    )
    texts = [path for path in tracked() if path.suffix not in (".csv", ".parquet", ".gz", ".svg")]
    assert len(texts) > 300
    found = [path for path in texts if shapes.search(path.read_text(encoding="utf-8", errors="replace"))]
    assert [str(path.relative_to(REPOSITORY)) for path in found] == []

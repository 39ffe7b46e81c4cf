#!/usr/bin/env python3
"""Fails if code or a document names a file, heading, section or promise that does not exist, or if the table of messages
in docs/architecture.md is not what the interfaces declare. Usage: tests/check_references.py [ROOT]"""

import re
import subprocess
import sys
from pathlib import Path

root = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parent.parent).resolve()
problems = []

# Texts in which nothing of ours is named, or which are others' own.
SKIPPED = re.compile(r"package-lock\.json$|\.(png|mmdb|svg)$|^tests/(fuzz/corpus|data)/|^LICENSE$|references_test\.sh$|check_references")
FOLDERS = "messages|actors|db|http|deploy|docs|tests|cmake"
SOURCES = "hpp|cpp|sh|py|md|js|mjs|css|html|cmake|txt|sql|conf|cfg|yaml|json"


def tracked():
    listed = subprocess.run(["git", "-C", root, "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
                            check=True, capture_output=True, text=True).stdout
    return [name for name in listed.split("\0") if name and not SKIPPED.search(name) and (root / name).is_file()]


def slug(heading):
    """The anchor that GitHub gives a heading."""
    plain = re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", heading).strip().lower()
    return re.sub(r"[^\w\- ]", "", plain).replace(" ", "-")


def headings(text):
    outside = re.sub(r"^```.*?^```", "", text, flags=re.M | re.S)
    return re.findall(r"^#{1,6} +(.*)$", outside, flags=re.M)


def sections(text):
    """The numbers of numbered headings: 2 and 2.1, and all of `8.3 to 8.5`."""
    found = set()
    for heading in headings(text):
        span = re.match(r"(\d+)\.(\d+) to \1\.(\d+)\b", heading)
        single = re.match(r"(\d+(?:\.\d+)*)\b", heading)
        if span:
            found |= {f"{span[1]}.{n}" for n in range(int(span[2]), int(span[3]) + 1)}
        elif single:
            found.add(single[1])
    return found


def prose(name, text):
    """The text without the signs of comments, so that a sentence may go on in the next line."""
    if name.endswith(".md"):
        return text
    return re.sub(r"\n[ \t]*(?:///?<?|#|--|;|\*)[ \t]?", "\n", text)


def check_links(name, text):
    for target in re.findall(r"\]\(([^()\s]+)\)", text):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        file = (root / name).parent / path if path else root / name
        if not file.exists():
            problems.append(f"{name} links to {target}, which does not exist.")
        elif anchor and anchor not in map(slug, headings(file.read_text())):
            problems.append(f"{name} links to {target}: {file.name} has no such heading.")


def check_paths(name, text):
    for path in set(re.findall(rf"(?<![\w./-])((?:{FOLDERS})/[\w./@-]*\w\.(?:{SOURCES}))\b(?![*-])", text)):
        if not (root / path).exists() and not ((root / name).parent / path).exists():
            problems.append(f"{name} names {path}, which does not exist.")
    for path in set(re.findall(r"(?<![\w./-])([\w-][\w./-]*\.md)\b", re.sub(r"\w+://\S+", "", text))):
        if not any((folder / path).exists() for folder in (root, (root / name).parent, root / "docs")):
            problems.append(f"{name} names {path}, which is no document of ours.")


NUMBER = r"\d+(?:\.\d+)*"
NUMBERS = rf"{NUMBER}(?:(?:,| and|, and| to) {NUMBER})*"


def check_sections(name, text, documents):
    text = re.sub(r"\[[^]]*\]\([^()\s]+\)", "", prose(name, text))  # links have their own check
    text = re.sub(r"\s+", " ", text)
    stems = "|".join(documents) or "(?!)"
    numbered = "|".join(stem for stem in documents if documents[stem]) or "(?!)"
    named = rf"\b(?:({stems})(?:\.md)?`?\)?,? sections? ({NUMBERS})|({numbered})(?:\.md)?`?\)? ({NUMBERS}))\b"
    for match in re.finditer(named, text):
        document = match[1] or match[3]
        for number in re.findall(NUMBER, match[2] or match[4]):
            if number not in documents[document]:
                problems.append(f"{name} names section {number} of {document}.md, which does not exist.")
    # What is left speaks of the document itself, or of a standard; else nobody knows of what.
    rest = re.sub(named, "", text)
    for before, numbers in re.findall(rf"(\S+ \S+ |)[Ss]ections? ({NUMBERS})\b", rest):
        if re.search(r"RFC \d+,? $", before):
            continue
        own = documents.get(Path(name).stem, set()) if name.startswith("docs/") else set()
        for number in re.findall(NUMBER, numbers):
            if number not in own:
                problems.append(f"{name} names section {number} of a document that does not exist: “{before}section {number}”.")


def check_promises(name, text, promises):
    for listed in re.findall(r"\b[Pp]romises?\s+(P\d+(?:(?:,|,? and| to)\s+P\d+)*)", prose(name, text)):
        for promise in re.findall(r"P\d+", listed):
            if promise not in promises:
                problems.append(f"{name} names promise {promise}, which docs/architecture.md does not make.")


def argument_lists(text, opening):
    """What stands between each `opening` and the bracket that closes it."""
    for start in re.finditer(re.escape(opening), text):
        depth, at = 1, start.end()
        while depth:
            depth += {"<": 1, ">": -1}.get(text[at], 0)
            at += 1
        yield re.sub(r"\s+", " ", text[start.end():at - 1]).strip(), text[at:]


def interfaces():
    """(name, declaration) of each typed handle."""
    for header in sorted((root / "messages").glob("**/*interfaces.hpp")):
        yield from re.findall(r"using (\w+)_actor =(.*?);", re.sub(r"//.*", "", header.read_text()), flags=re.S)


def declared_messages():
    """(interface, message, answer) of each signature."""
    for box, signatures in interfaces():
        for message, _ in argument_lists(signatures, "caf::reacts_to<"):
            yield box, message, "–"
        for message, rest in argument_lists(signatures, "caf::replies_to<"):
            yield box, message, next(argument_lists(rest, "::with<"))[0]


def declared_roles():
    """(interface, interface that it extends)."""
    for box, declaration in interfaces():
        for role in re.findall(r"\b(\w+)_actor(?=::extend|>)", re.sub(r"caf::re.*", "", declaration, flags=re.S)):
            yield box, role


def table_below(heading, text):
    """The cells of each row but the first, without the signs of code."""
    part = re.search(rf"^## {heading}$(.*?)(?=^## |\Z)", text, flags=re.M | re.S)
    if not part:
        problems.append(f"docs/architecture.md has no table below `## {heading}`.")
        return
    for row in re.findall(r"^\|(.*)\|$", part[1], flags=re.M)[2:]:
        yield [cell.replace("`", "").strip() for cell in row.split("|")]


def check_messages(text):
    sources = {}  # box → its code
    for file in [*root.glob("actors/**/*.?pp"), *root.glob("http/**/*.?pp"), root / "main.cpp"]:
        box = "http" if root / "http" in file.parents else file.stem
        sources[box] = sources.get(box, "") + file.read_text()
    messages, roles = set(), set()
    for box, message, answer, senders in table_below("Who sends what to whom", text):
        messages.add((box, message, answer))
        name = re.match(r"(?:caf::)?(\w+?)(?:_ptr)?\b", message)[1]
        for sender in senders.split(", "):
            code = "".join(text for file, text in sources.items() if re.match(rf"{sender}(_|$)", file))
            if not re.search(rf"\b{name}(_v|_ptr)?\b", code):
                problems.append(f"docs/architecture.md: {sender} sends {message}, but no file of that name has the word.")
    for box, all_roles in table_below("Roles and boxes", text):
        roles |= {(box, role) for role in all_roles.split(", ")}
    for wrong in sorted(messages ^ set(declared_messages())) + sorted(roles ^ set(declared_roles())):
        is_listed = wrong in messages or wrong in roles
        problems.append(f"docs/architecture.md {'lists' if is_listed else 'lacks'} “{' | '.join(wrong)}”, "
                        f"and the interfaces {'do not' if is_listed else 'have it'}.")


texts = {}
for name in tracked():
    try:
        texts[name] = (root / name).read_text()
    except UnicodeDecodeError:
        continue

documents = {Path(name).stem: sections(text) for name, text in texts.items() if re.fullmatch(r"docs/[^/]+\.md", name)}
architecture = texts.get("docs/architecture.md", "")
promises = set(re.findall(r"^\| *(P\d+) *\|", architecture, flags=re.M))
for name, text in texts.items():
    if name.endswith(".md"):
        check_links(name, text)
    check_paths(name, re.sub(r"\]\([^()\s]+\)", "", text))
    check_sections(name, text, documents)
    check_promises(name, text, promises)
if architecture:
    check_messages(architecture)

for problem in sorted(set(problems)):
    print(problem)
sys.exit(bool(problems))

"""Replacing parts of GitHub's expressions, wherever in a workflow expressions stand."""

import re

LITERAL = re.compile(r"('(?:[^']|'')*')")
BRACES = re.compile(r"\$\{\{(.*?)\}\}", re.DOTALL)
STATUS = re.compile(r"\b(success|failure|cancelled|always)\s*\(\s*\)", re.IGNORECASE)


def reference(path):
    """A pattern for a dotted reference such as `needs.deploy.result`."""
    steps = r"\s*\.\s*".join(re.escape(one) for one in path.split("."))
    return re.compile(rf"(?<![\w.-]){steps}(?![\w-])", re.IGNORECASE)


def in_expression(expression, rules):
    """Applies `(pattern, replacement)` rules to one expression.

    Literals are hidden from the patterns, so that a text that looks like a reference stays; a name in brackets is put
    into its dotted form first, since it would be hidden too.
    """
    dotted = re.sub(r"\[\s*'([A-Za-z_][\w-]*)'\s*\]", r".\1", expression)
    pieces = LITERAL.split(dotted)
    for pattern, replacement in rules:
        pieces = [
            piece if number % 2 else pattern.sub(lambda match: replacement, piece)
            for number, piece in enumerate(pieces)
        ]
        # A replacement may bring literals of its own.
        pieces = LITERAL.split("".join(pieces))
    return "".join(pieces)


def in_value(value, rules, condition=False):
    """Applies rules below a value of a workflow. A condition is an expression even without `${{ }}`."""
    if isinstance(value, dict):
        return {key: in_value(one, rules, condition=key == "if") for key, one in value.items()}
    if isinstance(value, list):
        return [in_value(one, rules) for one in value]
    if not isinstance(value, str):
        return value
    if condition and "${{" not in value:
        return in_expression(value, rules)
    return BRACES.sub(lambda match: "${{" + in_expression(match.group(1), rules) + "}}", value)


def uses_status(condition, names):
    """Whether a condition calls one of the status functions."""
    outside = "".join(LITERAL.split(str(condition))[::2])
    return any(match.group(1).lower() in names for match in STATUS.finditer(outside))


def call(name):
    """A pattern for the call of a status function."""
    return re.compile(rf"\b{name}\s*\(\s*\)", re.IGNORECASE)


def literal(text):
    """A text as a literal of an expression."""
    return "'" + text.replace("'", "''") + "'"

"""One translation by libAntimony: a script, so that a crash of the library ends nothing else.

python translate.py DIRECTION < text; exits with REFUSED and the reason where the text is refused.
"""

import sys

TO_SBML, TO_ANTIMONY = "to-sbml", "to-antimony"
REFUSED = 3


def _translated(direction: str, text: bytes) -> tuple[int, str]:
    import antimony

    if direction == TO_SBML:
        load, write = antimony.loadAntimonyString, antimony.getSBMLString
    else:
        load, write = antimony.loadSBMLString, antimony.getAntimonyString
    if load(text) == -1:
        return REFUSED, antimony.getLastError()
    return 0, write(antimony.getMainModuleName())


if __name__ == "__main__":
    try:
        status, answer = _translated(sys.argv[1], sys.stdin.buffer.read())
    except UnicodeDecodeError as error:  # a quotation that the library has cut within a letter
        status, answer = REFUSED, error.object.decode("utf-8", "replace")
    sys.stdout.buffer.write(answer.encode())
    sys.exit(status)

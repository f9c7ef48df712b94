"""Can a word be a Vietnamese syllable, and does its tone mark stand on the right letter?

Spelling allows few combinations: onset, rhyme (nucleus and coda) and tone. The tables follow the
national orthography; loans that school books spell the Vietnamese way (xoong, pin) are in them.
Tone marks follow the traditional placement: hóa, thúy, khỏe; but hoàn, quý, giữa.
"""

from __future__ import annotations

import functools
import re
import unicodedata

_TONES = "\u0300\u0301\u0303\u0309\u0323"  # grave, acute, tilde, hook above, dot below
_ACUTE_OR_DOT = "\u0301\u0323"
_ONSET = re.compile(r"ngh|ng|gh|gi|nh|ch|kh|ph|qu|th|tr|[bcdđghklmnprstvx]|")
_FRONT = "eêiy"
_VOWELS = "aăâeêioôơuưy"

# Nucleus: the codas it takes; "." is the open syllable.
_TABLE = """
a: . c ch i m n ng nh o p t u y
ă: c m n ng p t
â: c m n ng p t u y
e: . c m n ng o p t
ê: . c ch m n ng nh p t u
i: . a c ch m n nh p t u
iê: c m n ng p t u
o: . c i m n ng p t a ac ach ai am an ang anh ao ap at ay ăc ăm ăn ăng ăp ăt e en em eo et oc ong
ô: . c i m n ng p t ông
ơ: . i m n p t
u: . a c i m n ng p t âc ân âng ât ây ê êch ên ênh ơ y ya ych yn ynh yp yt yu yên yêt
uô: c i m n ng t
ư: . a c i m n ng t u
ươ: c i m n ng p t u
y: .
yê: m n ng t u
"""
_RHYMES = {
    nucleus + coda.replace(".", "")
    for nucleus, codas in (row.split(": ") for row in _TABLE.split("\n") if row)
    for coda in codas.split()
}


@functools.cache
def fault(word: str) -> tuple[str, str] | None:
    """Return what is wrong with `word`, NFC letters of any case; None when it is a syllable.

    The answer is the rule broken ("tone" for a misplaced mark, else "syllable") and a Vietnamese
    reason that completes a sentence about the word.
    """
    letters, tone = _without_tone(word.lower())
    if len(tone) > 1:
        return "syllable", "có hai dấu thanh"
    onset, rhyme = _parts(letters)
    if rhyme is None:
        return "syllable", "không phải một âm tiết tiếng Việt"
    coda = rhyme.lstrip(_VOWELS)
    if coda in {"c", "ch", "p", "t"} and (not tone or tone not in _ACUTE_OR_DOT):
        return "syllable", f"tận cùng bằng “{coda}” thì phải mang thanh sắc hoặc thanh nặng"
    right = _with_tone(onset, rhyme, tone)
    if right != word.lower():
        return "tone", f"đặt sai dấu thanh, phải viết “{right}”"
    return None


def _without_tone(word: str) -> tuple[str, str]:
    decomposed = unicodedata.normalize("NFD", word)
    tones = "".join(mark for mark in decomposed if mark in _TONES)
    rest = "".join(mark for mark in decomposed if mark not in _TONES)
    return unicodedata.normalize("NFC", rest), tones


def _parts(letters: str) -> tuple[str, str | None]:
    """Split into onset and rhyme; the rhyme is None when spelling forbids the combination."""
    match = _ONSET.match(letters)
    onset = match.group() if match else ""
    rhyme = letters[len(onset) :]
    if onset == "gi" and rhyme not in _RHYMES:
        # gì, gìn, giêng: one i is written for two.
        onset, rhyme = "g", "i" + rhyme
        return onset, rhyme if rhyme in _RHYMES else None
    return onset, rhyme if _spelt(onset, rhyme) else None


def _spelt(onset: str, rhyme: str) -> bool:
    """Whether the rhyme exists and is written so after this onset."""
    if onset == "qu":
        # quỳnh, quỵt: y is written for i.
        sound = rhyme if rhyme.startswith("yê") else rhyme.replace("y", "i", 1)
        return rhyme[:1] not in tuple("ouư") and bool({rhyme, sound} & _RHYMES)
    if rhyme not in _RHYMES:
        return False
    if rhyme == "y":
        return onset in {"", "h", "k", "l", "m", "s", "t", "th", "v"}
    if rhyme.startswith(("iê", "yê")):
        return (rhyme[0] == "y") == (onset == "")
    if onset in {"k", "gh", "ngh"}:
        return rhyme[0] in _FRONT
    return onset not in {"c", "g", "ng"} or rhyme[0] not in _FRONT


def _with_tone(onset: str, rhyme: str, tone: str) -> str:
    vowels = rhyme[: len(rhyme) - len(rhyme.lstrip(_VOWELS))]
    marked = [at for at, vowel in enumerate(vowels) if vowel in "ăâêôơư"]
    if marked:
        at = marked[-1]
    elif len(vowels) == 3 or (len(vowels) == 2 and len(rhyme) > 2):
        at = 1
    else:
        at = 0
    return onset + unicodedata.normalize("NFC", rhyme[: at + 1] + tone) + rhyme[at + 1 :]

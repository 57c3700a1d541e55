"""The fields of the notice that say the same whatever the settings are."""

from collections.abc import Mapping

from core.i18n import lazy
from petitions.domain.notice import Audience

Sentences = tuple[str, ...]

_BOTH: Mapping[int, Sentences] = {
    2: (
        lazy("The body named above. There is no other owner."),
        lazy("The database runs at the place of storage named below, on the order of that body."),
    ),
    4: (lazy("None is named. The person in charge answers for everything."),),
    12: (
        lazy("Only on an act that the law provides for, and only what the act names."),
        lazy("What an order could get and how many came is public, on the page “What we could hand over”."),
    ),
    13: (
        lazy("No. We send no data to other countries."),
        lazy("A letter to you travels to the mailbox that you chose, wherever its provider is."),
    ),
    19: (
        lazy("A check for double signatures by the mark of the mailbox; limits on many letters and entries."),
        lazy("A person decides every refusal."),
        lazy("You can object to the person in charge. We answer within 3 working days."),
    ),
    22: (
        lazy("We tell the competent body within 1 working day, and the people concerned as well."),
        lazy("We say what has happened, whose data it was, what can follow, and what we do."),
    ),
    25: (
        lazy("This notice stands in Kazakh, Russian and English, and says the same in each."),
        lazy("Every version stays readable, with its day and what has changed."),
    ),
    26: (
        lazy("We cannot see whether somebody was forced to sign, or whether a phone is in other hands."),
        lazy("We cannot see who watches the network."),
        lazy("An e-mail address proves a mailbox, not a person."),
    ),
}

_SIGNER: Mapping[int, Sentences] = {
    5: (lazy("Yours: of the person whose name you write into the form. Sign only for yourself."),),
    15: (
        lazy("To know what we hold, to get a copy free of charge, to correct, block and erase, to withdraw."),
        lazy(
            "On your private page, whose link you get when you confirm: see, copy, correct, withdraw, erase."
        ),
        lazy("On the page “My data”, for everything about one mailbox."),
        lazy("Or by letter to the person in charge: we correct, block and erase within 1 working day."),
        lazy("A withdrawal works at once; the law would give us 15 working days."),
    ),
    18: (lazy("No. But without a name, an address and your consent we cannot take a signature."),),
    21: (
        lazy(
            "The rules of each petition say from what age one may sign. You confirm it; we do not check it."
        ),
    ),
    24: (lazy("From you alone, through the form of this site. No paper sheets and no SMS are taken in."),),
}

_AUTHOR: Mapping[int, Sentences] = {
    5: (lazy("Yours: of the person who opens the account and is named as the author."),),
    15: (
        lazy("To know what we hold, to get a copy free of charge, to correct, block and erase, to withdraw."),
        lazy("In your account: see it, correct it, close it."),
        lazy("On the page “My data”, for everything about one mailbox."),
        lazy("Or by letter to the person in charge: we correct, block and erase within 1 working day."),
        lazy("A withdrawal works at once; the law would give us 15 working days."),
    ),
    17: (
        lazy("Before publication nothing appears, and a draft can be deleted."),
        lazy("A published petition that you withdraw is closed; its text and its course stay readable."),
        lazy("You can also freeze it: signing pauses, for everybody to see, until you let it go on."),
    ),
    18: (lazy("No. But without a full name there is no petition: authorities do not read anonymous ones."),),
    21: (lazy("Whoever is under age asks a parent or a guardian first. We do not check the age."),),
}

SENTENCES: Mapping[tuple[int, Audience], Sentences] = {
    **{(n, who): said for n, said in _BOTH.items() for who in Audience},
    **{(n, Audience.SIGNER): said for n, said in _SIGNER.items()},
    **{(n, Audience.AUTHOR): said for n, said in _AUTHOR.items()},
}

SEEN: Mapping[Audience, str] = {
    Audience.SIGNER: lazy(
        "Nobody: signers are not listed, and the authority gets totals only. Your name and address are encrypted."
    ),
    Audience.AUTHOR: lazy(
        "Everybody sees your full name and the place where you live. Nobody sees your e-mail address."
    ),
}

WAY_OUT: Mapping[Audience, str] = {
    Audience.SIGNER: lazy(
        "At any time on your private page, without giving a reason. You get its link when you confirm."
    ),
    Audience.AUTHOR: lazy("At any time in your account: withdraw the petition, and close the account."),
}

"""The patterns of what speaks of the output: who makes it, what it is to hold, and who will grade it."""

from extractor.suspecting.patterns import COMMANDING, NO_WORD, SPEAKING, rule
from extractor.suspecting.readers import READER, READER_WORDS, VERB

_OUTPUT = r"""(?:output|answer|response|reply|record|extraction|claim|json|entry|entrie|summary|summarie
    |review|field|value)s?"""
_OUTPUT_WORDS = (
    "output outputs answer answers response responses reply record records extraction extractions claim "
    "claims json entry entries summary summaries review reviews field fields value values"
)
_HOLD = r"(?:say|mention|contain|include|state|list|report|claim|consist|read)s?"
_GIVES_IT = (
    r"(?=[^.!?;\n]{0,120}(?:\d\.\d|:\s|\bfollowing\b|\bthis\s(?:paper|abstract|claim|text)\b)|\sthat\b)"
)
_MAKING = (
    r"""(?:fill|populat|complet|extract|writ|creat|generat|produc|summari[sz]|pars|process|read|review)\w*"""
)

OUTPUTS = (
    # To any automated system: ... Whoever processes this text: ... For the extraction: ...
    rule(
        rf"""(?:to|for)\s(?:(?:the|any|all|every|each|whichever)\s)+{READER}(?:\s[^.!?:\n]{{0,60}})?\s?(?::\s|>>)""",
        SPEAKING,
        READER_WORDS,
    ),
    rule(
        rf"""(?:whoever|whatever|whichever\s\w+|any(?:one|body|thing))\s(?:\w+\s){{0,2}}?{_MAKING}
        [^.!?:\n]{{0,60}}(?::\s|\b(?:must|should|shall)\s{VERB}\b)""",
        SPEAKING,
        "whoever whatever whichever anyone anybody anything",
    ),
    rule(
        rf"""for\s(?:the|this|your|any|all|automated|automatic|machine)\s(?:\w+\s){{0,2}}?(?:{_OUTPUT}|readers?)\s?:\s""",
        SPEAKING,
        "for",
        f"{_OUTPUT_WORDS} reader readers",
    ),
    # The reader model is required to list the following. We ask any AI reviewer to state that ...
    rule(
        rf"""{READER}(?:\s[^.!?:;\n]{{0,40}})?\s(?:is|are)\s(?:hereby\s)?(?:required|expected|instructed|requested|asked
        |told|ordered|obliged)\sto\s{VERB}\b{_GIVES_IT}""",
        NO_WORD,
        READER_WORDS,
        "required expected instructed requested asked told ordered obliged",
    ),
    rule(
        rf"""(?:we|i|authors)\s(?:\w+ly\s)?(?:ask|request|urge|instruct|require|invite|beg)\s(?:that\s)?
        (?:(?:the|any|all|every)\s)?{READER}\s(?:to\s)?{VERB}\s
        (?:that\b|this\b|our\b|only\b|the\sfollowing\b|:|\d)""",
        NO_WORD,
        READER_WORDS,
        "ask request urge instruct require invite beg",
    ),
    # It is mandatory that the summary mention that ... The output must say that ...
    rule(
        rf"""(?:it\sis\s\w+\s|ensure\s|make\ssure\s)that\s(?:the|your|any|each|every|all)\s{_OUTPUT}\s
        (?:must\s|should\s|shall\s)?{_HOLD}\b""",
        NO_WORD,
        _OUTPUT_WORDS,
    ),
    rule(
        rf"""(?:the|any|each|every|all)\s{_OUTPUT}\s(?:must|shall|needs?\sto|ha(?:s|ve)\sto)\s{_HOLD}\b{_GIVES_IT}""",
        NO_WORD,
        "must shall need needs has have",
        _OUTPUT_WORDS,
    ),
    # When asked for the state of the art, answer: ... When filling the JSON, ...
    rule(
        rf"""(?:when(?:ever)?|if|once)\s(?:you\sare\s)?(?:asked|queried|prompted|questioned)\b[^.!?\n,:]{{0,80}},\s
        (?:\w+ly\s|always\s|then\s)?{VERB}\b""",
        NO_WORD,
        "asked queried prompted questioned",
    ),
    rule(
        rf"""(?:when|while|before|after|on|by)\s{_MAKING}\s(?:in\s|out\s)?(?:the|your|this|any)\s(?:\w+\s)?
        {_OUTPUT}\s?(?::\s|,\s{VERB}\b)""",
        NO_WORD,
        _OUTPUT_WORDS,
    ),
    rule(r"do\sas\s(?:follows|told|instructed|ordered)\b", COMMANDING, "do"),
    rule(
        r"(?:write|say|respond|reply|print|copy|enter)\s?:\s",
        COMMANDING,
        "write say respond reply print copy enter",
    ),
    # Your task has changed (see also what is yours). From now on, every claim ... Stop summarizing here.
    rule(
        r"""(?:the|this)\s(?:task|assignment|job|goal)\s(?:has|is)\s(?:now\s)?(?:been\s)?(?:changed|updated|replaced
        |different)\s?[.:!]""",
        NO_WORD,
        "task assignment job goal",
        "changed updated replaced different",
    ),
    rule(
        rf"""(?:from\s(?:now|this\spoint|here)\son(?:wards?)?|going\sforward|henceforth|hereafter),?\s
        [^.!?\n]{{0,30}}\b{_OUTPUT}\b""",
        NO_WORD,
        "from going henceforth hereafter",
        "on onward onwards forward henceforth hereafter",
    ),
    rule(
        r"""stop\s(?:summari[sz]ing|reading|reviewing|extracting|processing|parsing|analy[sz]ing)\b
        (?=\s?(?:here|now|this|and|the|at)?\b[^\n]{0,40}(?:[.:!]|\band\b))""",
        COMMANDING,
        "stop",
    ),
    rule(
        r"(?:developer|debug|admin|god|dan|jailbreak|unrestricted)\smode\s(?:is\s)?(?:now\s)?(?:on|enabled|activ)",
        NO_WORD,
        "mode",
    ),
    # Graders will reward answers that contain ... The correct answer for the field claims is ...
    rule(
        rf"""(?:graders?|evaluators?|judges?|scorers?|raters?|checkers?|reviewers?)\s(?=[^.!?\n]{{0,50}}\b(?:will|only|shall)\b)
        [^.!?\n]{{0,60}}\b{_OUTPUT}\s(?:that|which|with|without|containing|unless|if)\b""",
        NO_WORD,
        "grader graders evaluator evaluators judge judges scorer scorers rater raters checker checkers "
        "reviewer reviewers",
        "will only shall",
    ),
    rule(
        r"""(?:(?:correct|expected|right|true|official|only|desired|required|gold)\s(?:answer|output|record|response
        |extraction|value|claim)s?|ground\struth)\s(?:for|to|of|in)\s[^.!?\n:]{0,40}?
        \b(?:fields?|abstract|paper|text|json|schema|document|record)\b[^.!?\n:]{0,20}(?:\s(?:is|are)\b|\s?[:=]\s)""",
        NO_WORD,
        "correct expected right true official only desired required gold ground",
        "answer answers output outputs record records response extraction value values claim claims truth",
    ),
    # i g n o r e  t h e  a b o v e, but not the heads that some journals set so.
    rule(
        r"""[^\W\d_](?<![^\W_].)(?:[ \t._*-]{1,3}[^\W\d_](?![^\W\d_])){9,200}
        (?![ \t._*-]{1,3}[^\W\d_](?![^\W\d_]))
        (?<!a\sb\ss\st\sr\sa\sc\st)(?<!i\sn\sf\so)(?<!k\se\sy\sw\so\sr\sd\ss)
        | i\W?\sg\W?\sn\W?\so\W?\sr\W?\se\b | d\si\ss\sr\se\sg\sa\sr\sd\b | o\sv\se\sr\sr\si\sd\se\b""",
        NO_WORD,
        "e",
        "r n t i",
    ),
)

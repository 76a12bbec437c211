" Colours of Clearway. The server's semantic tokens go over them.
if exists("b:current_syntax")
  finish
endif

syntax iskeyword @,48-57,_,-

syntax match   clearwayField    "\<\K[0-9A-Za-z_-]*\>\ze\s*=[^=]"
syntax match   clearwayCall     "\<\K[0-9A-Za-z_-]*\>\ze("
syntax keyword clearwayKind alert approval calendar checklist dataset environment flag freeze gate identity infrastructure journey library limit metric milestone policy quarantine release resource retention retrospective role rollout secret service team test together triage vendor waiver window
syntax keyword clearwayImport use let as
syntax keyword clearwayWord if then else for in and or not
syntax keyword clearwayBool true false
syntax match   clearwayNumber   "\<\d[0-9._]*%\?"
syntax match   clearwayVersion  "[\^~]\?\<\d\+\.\d\+\.\d[0-9A-Za-z.+-]*"
syntax match   clearwayDate     "\<\d\{4}-\d\d-\d\d\%(T\d\d:\d\d\)\?"
syntax match   clearwayUnit     "\%(\<\d[0-9._]*\s*\)\@<=\%(business-days\|business-day\|milliseconds\|millisecond\|quarters\|minutes\|quarter\|seconds\|minute\|months\|second\|bytes\|hours\|major\|minor\|month\|weeks\|years\|GB/s\|KB/s\|MB/s\|byte\|days\|hour\|week\|year\|B/s\|GiB\|KiB\|MiB\|day\|min\|rpm\|rps\|sec\|GB\|KB\|MB\|TB\|kB\|ms\|B\|d\|h\|m\|s\|w\)\>"
syntax region  clearwayText     start=+"+ skip=+\\.+ end=+"+ oneline
syntax region  clearwayRaw      start=+"""+ end=+"""+
syntax match   clearwayComment  "//.*$"
syntax match   clearwayDoc      "///.*$"
syntax region  clearwayComment  start="/\*" end="\*/"

highlight default link clearwayField   Identifier
highlight default link clearwayCall    Function
highlight default link clearwayKind    Keyword
highlight default link clearwayImport  Include
highlight default link clearwayWord    Conditional
highlight default link clearwayBool    Boolean
highlight default link clearwayNumber  Number
highlight default link clearwayVersion Constant
highlight default link clearwayDate    Constant
highlight default link clearwayUnit    Type
highlight default link clearwayText    String
highlight default link clearwayRaw     String
highlight default link clearwayComment Comment
highlight default link clearwayDoc     SpecialComment

let b:current_syntax = "clearway"

"""The texts of the pure floors that are shown, listed so that they are gathered for translation.

They stand in `ringwall.lib.sheets_types` and `ringwall.lib.values`, which know no gettext; `kit.words` translates them.
A test tells when this list differs from them.
"""

from django.utils.translation import gettext_noop as _

WORDS: frozenset[str] = frozenset(
    {
        _("The file has {size} bytes; at most {limit} are accepted."),
        _("Split it into several files, or remove pictures and sheets that are not needed."),
        _("The file is empty."),
        _("Save the spreadsheet again and choose the new file."),
        _("The sheet holds no rows."),
        _("Choose the sheet that holds the rows, or fill it in first."),
        _("The file name ends in {ending}, but the content is {found}."),
        _("Open it in a spreadsheet program and save it as XLSX, ODS or CSV."),
        _("Files that are {found} cannot be read."),
        _("The workbook is protected by a password."),
        _("Save it without a password and choose the new file."),
        _("The file is damaged or was cut off: {detail}."),
        _("Save or download it again and choose the new file."),
        _("The file would unpack to {unpacked} bytes ({ratio} times its size, {members} parts); that is refused."),
        _("Copy the rows into a new workbook, save it and choose that file."),
        _("The workbook carries a document type definition; that is refused, for it can hide an attack."),
        _("The sheet has more than {limit} rows."),
        _("Delete empty formatted rows at the end, or split the sheet into several files."),
        _("The sheet has more than {limit} columns."),
        _("Delete the columns that are not needed, empty formatted ones too."),
        _("The sheet has more than {limit} cells."),
        _("Split the sheet into several files."),
        _("The sheet holds more than {limit} characters."),
        _("The workbook has no sheet named “{sheet}”; it has {sheets}."),
        _("Choose one of the sheets it has."),
        _("The first row does not hold column names: “{value}” is not text."),
        _("Put one row with the names of the columns above the data."),
        _("The columns {first} and {second} have the same name “{name}”."),
        _("Give each column a name of its own."),
        _("The text is not valid {encoding}: byte {offset} does not belong there."),
        _("Save the file as “CSV UTF-8”, or name the encoding it has."),
        _("“{encoding}” is not an encoding that can be read."),
        _("Name utf-8, utf-16, cp1252 or iso-8859-15."),
        _("This is no OSCAL component definition, but: {found}."),
        _("Choose a component definition, or a spreadsheet."),
        _("The quotation marks do not match: {detail}."),
        _("Double each quotation mark inside a quoted field, and close every field that is opened."),
        _("holds the control character {character}"),
        _("holds the error value {value} of a formula"),
        _("holds a formula whose result was never stored"),
        _("begins with “=”; it is taken as plain text"),
        _("holds {length} characters; at most {limit} are accepted"),
        _("holds a value, but its column has no name"),
        _("{text}"),
        _("“{value}” is not a date; write it as {example}."),
        _("“{value}” is not a day of the calendar when read as {order}."),
        _("“{value}” does not give the year in four digits; write it as {example}."),
        _("{value} is a number, not a date; format the column as a date."),
        _("“{value}” is not a number; write it as {example}."),
        _("In “{value}”, “{sign}” does not part groups of three digits; the decimal sign is “{decimal}”."),
        _("“{value}” is neither yes nor no."),
    }
)

DETAILS: frozenset[str] = frozenset(
    {
        _("it holds nothing"),
        _("plain text"),
        _("of a kind that is not known"),
        _("its directory cannot be read"),
        _("it holds one part twice"),
        _("a cell stands beyond the end of the sheet"),
        _("the part that holds the sheet is missing"),
        _("binary workbooks (XLSB)"),
        _("archives without a workbook in them"),
        _("the reader gave up"),
        _("a cell has no valid address"),
        _("a workbook or another archive"),
        _("an old workbook (XLS)"),
        _("a PDF"),
        _("a text document (RTF)"),
        _("a compressed file"),
        _("a picture"),
        _("a web page"),
        _("XML"),
    }
)
"""Values of the parameters `found` and `detail` of a refused file."""

//! Every dialect's tokens, kind by kind.

use proptest::prelude::*;

use super::{Token, TokenKind, lex};
use crate::dialect::Engine;

/// The tokens without spaces, one letter for the kind before each text, `!` after an open one.
fn show(engine: Engine, text: &str) -> String {
    let tokens = lex(text, &engine.dialect().lexing);
    assert_tiles(text, &tokens);
    let shown: Vec<_> = tokens
        .iter()
        .filter(|token| token.kind != TokenKind::Space)
        .map(|token| {
            let letter = match token.kind {
                TokenKind::LineComment => "L",
                TokenKind::BlockComment => "B",
                TokenKind::VersionComment => "V",
                TokenKind::Word => "W",
                TokenKind::QuotedIdent => "Q",
                TokenKind::String => "S",
                TokenKind::DollarString => "D",
                TokenKind::Number => "N",
                TokenKind::Param => "P",
                TokenKind::Operator => "O",
                TokenKind::Backslash => "\\",
                TokenKind::Other => "?",
                _ => "",
            };
            let open = if token.open { "!" } else { "" };
            format!("{letter}⟨{}⟩{open}", token.text(text))
        })
        .collect();
    shown.join(" ")
}

fn assert_tiles(text: &str, tokens: &[Token]) {
    let mut at = 0;
    for token in tokens {
        assert_eq!(token.start, at);
        assert!(token.end > token.start);
        at = token.end;
    }
    assert_eq!(at as usize, text.len());
    let joined: String = tokens.iter().map(|token| token.text(text)).collect();
    assert_eq!(joined, text);
}

#[track_caller]
fn check(engine: Engine, text: &str, expected: &str) {
    assert_eq!(show(engine, text), expected);
}

#[track_caller]
fn postgres(text: &str, expected: &str) {
    check(Engine::Postgres, text, expected);
}

#[test]
fn postgres_comments_nest_and_end_at_a_bare_carriage_return() {
    postgres("/* a /* b */ c */ d", "B⟨/* a /* b */ c */⟩ W⟨d⟩");
    postgres("-- a\rb -- c\r\nd", "L⟨-- a⟩ W⟨b⟩ L⟨-- c⟩ W⟨d⟩");
    postgres("/*/ a", "B⟨/*/ a⟩!");
    check(Engine::Sqlite, "-- a\rb\nc", "L⟨-- a\rb⟩ W⟨c⟩");
    check(Engine::Sqlite, "/* a /* b */ c", "B⟨/* a /* b */⟩ W⟨c⟩");
    check(Engine::Sqlite, "a /* b", "W⟨a⟩ B⟨/* b⟩");
}

#[test]
fn postgres_strings() {
    postgres(
        r"'a''b\' E'a\'b''c' e'\\' b'01' X'ff' n'x' U&'d\0061' U&'!0061' UESCAPE '!'",
        r"S⟨'a''b\'⟩ S⟨E'a\'b''c'⟩ S⟨e'\\'⟩ S⟨b'01'⟩ S⟨X'ff'⟩ S⟨n'x'⟩ S⟨U&'d\0061'⟩ S⟨U&'!0061'⟩ W⟨UESCAPE⟩ S⟨'!'⟩",
    );
    postgres(
        r#"U&"d\0061t""a" "a""b" name'x' u & "y""#,
        r#"Q⟨U&"d\0061t""a"⟩ Q⟨"a""b"⟩ W⟨name⟩ S⟨'x'⟩ W⟨u⟩ O⟨&⟩ Q⟨"y"⟩"#,
    );
    postgres("'never; ends", "S⟨'never; ends⟩!");
    postgres(r"E'never\'", r"S⟨E'never\'⟩!");
}

/// PostgreSQL's manual, 4.1.2.1: strings separated by white space with a line end are one string.
#[test]
fn an_escape_string_goes_on_as_one_on_the_next_line() {
    postgres(
        "E'a' -- why\n 'b\\'c' 'd\\'",
        "S⟨E'a'⟩ L⟨-- why⟩ S⟨'b\\'c'⟩ S⟨'d\\'⟩",
    );
    postgres("E'a' 'b\\'", "S⟨E'a'⟩ S⟨'b\\'⟩");
    postgres("E'a',\n'b\\'", "S⟨E'a'⟩ ⟨,⟩ S⟨'b\\'⟩");
}

#[test]
fn dollar_quotes() {
    postgres(
        "$$a;b$$ $fé_1$ $$ ; $$ $fé_1$ $1 a$b$c $1$",
        "D⟨$$a;b$$⟩ D⟨$fé_1$ $$ ; $$ $fé_1$⟩ P⟨$1⟩ W⟨a$b$c⟩ P⟨$1⟩ ?⟨$⟩",
    );
    postgres("$a$ $b$a$", "D⟨$a$ $b$a$⟩");
    postgres("$a$ $A$", "D⟨$a$ $A$⟩!");
    postgres("$a b$", "?⟨$⟩ W⟨a⟩ W⟨b$⟩");
    check(Engine::Duckdb, "$$a$$ $x $1 ?", "D⟨$$a$$⟩ P⟨$x⟩ P⟨$1⟩ P⟨?⟩");
}

#[test]
fn postgres_identifiers_take_every_byte_beyond_ascii() {
    postgres("über\u{A0}mich _a1", "W⟨über\u{A0}mich⟩ W⟨_a1⟩");
    check(Engine::Duckdb, "über\u{A0}mich", "W⟨über⟩ W⟨mich⟩");
    check(Engine::Mssql, "a\u{3000}\u{FEFF}é1", "W⟨a⟩ W⟨é1⟩");
}

#[test]
fn postgres_operators() {
    postgres("a<--b", "W⟨a⟩ O⟨<⟩ L⟨--b⟩");
    postgres("a*/*b*/c", "W⟨a⟩ O⟨*⟩ B⟨/*b*/⟩ W⟨c⟩");
    postgres(
        "a=-1 @-1 <->b",
        "W⟨a⟩ O⟨=⟩ O⟨-⟩ N⟨1⟩ O⟨@-⟩ N⟨1⟩ O⟨<->⟩ W⟨b⟩",
    );
    postgres("+-+-+", "O⟨+⟩ O⟨-⟩ O⟨+⟩ O⟨-⟩ O⟨+⟩");
    postgres(
        "x::int[1:2] y := z ?| `a`",
        "W⟨x⟩ O⟨::⟩ W⟨int⟩ ⟨[⟩ N⟨1⟩ O⟨:⟩ N⟨2⟩ ⟨]⟩ W⟨y⟩ O⟨:=⟩ W⟨z⟩ O⟨?|⟩ O⟨`⟩ W⟨a⟩ O⟨`⟩",
    );
}

#[test]
fn numbers() {
    postgres(
        "1 1.5 .5 1e10 1.e-3 0xFF 1_000 1..10 a.b 1.",
        "N⟨1⟩ N⟨1.5⟩ N⟨.5⟩ N⟨1e10⟩ N⟨1.e-3⟩ N⟨0xFF⟩ N⟨1_000⟩ N⟨1⟩ O⟨..⟩ N⟨10⟩ W⟨a⟩ ⟨.⟩ W⟨b⟩ N⟨1.⟩",
    );
    check(
        Engine::Mysql,
        "1a 1e5 t.1c 0b1 db.2",
        "W⟨1a⟩ N⟨1e5⟩ W⟨t⟩ ⟨.⟩ W⟨1c⟩ N⟨0b1⟩ W⟨db⟩ ⟨.⟩ W⟨2⟩",
    );
    check(Engine::Mssql, "db..t 1.5", "W⟨db⟩ ⟨.⟩ ⟨.⟩ W⟨t⟩ N⟨1.5⟩");
}

#[test]
fn sqlite_takes_every_quote_and_parameter() {
    check(
        Engine::Sqlite,
        "[a;b] `c``d` \"e\" 'f''' x'0F' e'g' :h @i $j ?1 ? a->>'b' a$b",
        "Q⟨[a;b]⟩ Q⟨`c``d`⟩ Q⟨\"e\"⟩ S⟨'f'''⟩ S⟨x'0F'⟩ W⟨e⟩ S⟨'g'⟩ P⟨:h⟩ P⟨@i⟩ P⟨$j⟩ P⟨?1⟩ P⟨?⟩ W⟨a⟩ O⟨->>⟩ S⟨'b'⟩ W⟨a$b⟩",
    );
    check(Engine::Sqlite, "[a]]", "Q⟨[a]⟩ ⟨]⟩");
}

#[test]
fn mysql_comments_strings_and_version_comments() {
    check(
        Engine::Mysql,
        "5--1 -- a\n# b\n/*!40101 SET x=1 */; /*+ hint */ /*M!100100 y */",
        "N⟨5⟩ O⟨-⟩ O⟨-⟩ N⟨1⟩ L⟨-- a⟩ L⟨# b⟩ V⟨/*!40101⟩ W⟨SET⟩ W⟨x⟩ O⟨=⟩ N⟨1⟩ V⟨*/⟩ ⟨;⟩ B⟨/*+ hint */⟩ V⟨/*M!100100⟩ W⟨y⟩ V⟨*/⟩",
    );
    check(
        Engine::Mariadb,
        r#"'a\'b' "c\"d" `e``f` $g g$h @i @@j @`k l` 'u'@'h' a <=> b"#,
        r#"S⟨'a\'b'⟩ S⟨"c\"d"⟩ Q⟨`e``f`⟩ W⟨$g⟩ W⟨g$h⟩ P⟨@i⟩ P⟨@@j⟩ P⟨@`k l`⟩ S⟨'u'⟩ O⟨@⟩ S⟨'h'⟩ W⟨a⟩ O⟨<=>⟩ W⟨b⟩"#,
    );
    check(Engine::Mysql, "/*!40101 a", "V⟨/*!40101⟩! W⟨a⟩");
}

#[test]
fn sql_server_brackets_and_variables() {
    check(
        Engine::Mssql,
        "[a]]b].[c] #t ##u @v @@w $(x) N'y''z' /* /* */ */ a+=1",
        "Q⟨[a]]b]⟩ ⟨.⟩ Q⟨[c]⟩ W⟨#t⟩ W⟨##u⟩ P⟨@v⟩ P⟨@@w⟩ P⟨$(x)⟩ S⟨N'y''z'⟩ B⟨/* /* */ */⟩ W⟨a⟩ O⟨+=⟩ N⟨1⟩",
    );
}

/// Texts made of what matters to a lexer.
fn sql() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "[-'\"`\\[\\]$;:@#?!\\\\/*+.,()%&|<>=~a-cuexnbUEM01_ \t\r\n]{0,8}",
        Just("/*!40101".to_owned()),
        Just("$é$".to_owned()),
        Just("U&".to_owned()),
        Just("\u{A0}".to_owned()),
        Just("--".to_owned()),
        any::<String>(),
    ];
    prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn tokens_tile_any_text_in_every_dialect(text in sql()) {
        for engine in Engine::ALL {
            assert_tiles(&text, &lex(&text, &engine.dialect().lexing));
        }
    }
}

/// Each of these would take minutes if any rule looked at a byte more than a fixed number of times.
#[test]
fn hostile_texts_take_linear_time() {
    for part in [
        "+", "-+", "$a", "$a$", "$$a", "'", "E''\n", "/*", "/*!", "*/", "[", "@", "1e", "1.", "..",
        "\u{A0}", "é", "<+", "--\n", "U&", "`", "0x",
    ] {
        let text = part.repeat(1 << 15);
        for engine in Engine::ALL {
            assert_tiles(&text, &lex(&text, &engine.dialect().lexing));
        }
    }
}

//! `sqlstitch completions` in a shell, and the manual's pages. (zsh and fish are not on every machine.)

use std::fs;
use std::process::Command;

use super::run;

#[test]
fn bash_completes_commands_options_and_values() {
    let folder = tempfile::tempdir().expect("a temporary directory");
    let completed = |words: &str| {
        let last = words.split(' ').count() - 1;
        let script = format!(
            "source <(sqlstitch completions bash)
             COMP_WORDS=({words}) COMP_CWORD={last}
             _sqlstitch sqlstitch \"${{COMP_WORDS[{last}]}}\" \"${{COMP_WORDS[{last}-1]}}\"
             echo ${{COMPREPLY[@]}}"
        );
        fs::write(folder.path().join("script"), script).expect("a file");
        run("bash --noprofile --norc script", folder.path())
    };
    assert_eq!(completed("sqlstitch mer"), "merge-check\n");
    assert_eq!(completed("sqlstitch check --stag"), "--staged\n");
    assert_eq!(completed("sqlstitch build --dialect my"), "mysql\n");
    assert_eq!(completed("sqlstitch import fl"), "flyway\n");
}

#[test]
fn fish_is_told_what_an_argument_may_be() {
    let folder = tempfile::tempdir().expect("a temporary directory");
    let script = run("sqlstitch completions fish", folder.path());
    assert!(script.contains("-f -a \"flyway sqitch "), "{script}");
}

#[test]
fn every_command_has_a_manual_page() {
    let folder = tempfile::tempdir().expect("a temporary directory");
    assert_eq!(run("sqlstitch man --output man/man1", folder.path()), "");
    let tool = fs::read_to_string(folder.path().join("man/man1/sqlstitch.1")).expect("a page");
    for command in ["build", "check", "merge-check", "import"] {
        let page = format!("sqlstitch-{command}");
        assert!(folder.path().join(format!("man/man1/{page}.1")).exists());
        assert!(tool.contains(&page.replace('-', "\\-")), "{tool}");
    }
    let help = Command::new(env!("CARGO_BIN_EXE_sqlstitch"))
        .arg("man")
        .output()
        .expect("the tool");
    assert!(String::from_utf8_lossy(&help.stdout).contains("sqlstitch\\-build"));
}

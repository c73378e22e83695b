//! What people do with the page.

use serde_json::json;

use crate::browser::{Browser, DOWN, END, ENTER, ESCAPE, TAB, UP};
use crate::{Page, net};

const PATCH: &str = "document.activeElement.getAttribute('aria-label')?.split(',')[0]";
const PANEL: &str =
    "(document.getElementById('panel').hidden ? '' : document.getElementById('panel').innerText)";
const FOUND: &str = "[...document.querySelectorAll('.patch.found')].map(patch => \
    patch.querySelector('title').textContent).join(' ')";

pub(crate) fn search_narrows(page: &Page<'_>) {
    let browser = page.browser;
    browser.keys("/report");
    assert_eq!(browser.text(FOUND), "shop/report");
    assert_eq!(
        browser.text("document.querySelectorAll('#results li').length"),
        "1"
    );
    browser.keys(ENTER);
    assert!(browser.text(PANEL).starts_with("shop/report"));
    assert_eq!(browser.text(PATCH), "shop/report");
    let line = "getComputedStyle(document.querySelector('.edge.lit .line')).markerEnd";
    assert_ne!(browser.text(line), "none", "what it needs is seen");

    // In the SQL, with the line.
    browser.keys(ESCAPE);
    browser.keys("/the first");
    assert_eq!(browser.text(FOUND), "shop/fill");
    let hit = browser.text("document.getElementById('results').innerText");
    assert!(hit.contains("2: INSERT INTO customer"), "{hit}");

    browser.keys(ESCAPE);
    browser.keys("nowhere");
    let none = browser.text("document.getElementById('results').innerText");
    assert_eq!(none, "No patch has this.");
    browser.keys(ESCAPE);
    assert_eq!(
        browser.text("document.querySelectorAll('.searching').length"),
        "0"
    );
}

pub(crate) fn a_click_shows_reasons(page: &Page<'_>) {
    let browser = page.browser;
    browser.click("[aria-label^='shop/orders']");
    let panel = browser.text(PANEL);
    for text in [
        "shop/orders.sql",
        "number 4 of 5",
        "CREATE TABLE orders (",
        "shop/customers.sql:2:14",
        "defines table customer",
        "CREATE TABLE customer (id int PRIMARY KEY, name text);",
        "shop/orders.sql:3:30",
        "uses it",
        "key-reference, hard",
        "shop/report",
    ] {
        assert!(panel.contains(text), "{text} is missing in:\n{panel}");
    }
    // A place leads to its line.
    browser.run("[...document.querySelectorAll('#panel .link')].find(link => link.textContent === 'shop/customers.sql:2:14').click()");
    assert!(browser.text(PANEL).starts_with("shop/customers"));
    let line = browser.text("document.querySelector('.row.here').textContent");
    assert_eq!(
        line,
        "CREATE TABLE customer (id int PRIMARY KEY, name text);"
    );
    // What is not joined to it steps back.
    let kin = "[...document.querySelectorAll('.patch:not(.kin) title')].map(name => name.textContent).join(' ')";
    assert_eq!(browser.text(kin), "alone");
    // A line tells its own reasons.
    browser.run(
        "document.querySelector('.edge').dispatchEvent(new MouseEvent('click', {bubbles: true}))",
    );
    assert!(browser.text(PANEL).contains(" needs shop/"));
}

pub(crate) fn the_keyboard_is_enough(page: &Page<'_>) {
    let browser = page.browser;
    for _ in 0..20 {
        browser.keys(TAB);
        if browser.text(PATCH) == "alone" {
            break;
        }
    }
    assert_eq!(
        browser.text(PATCH),
        "alone",
        "the first in the order is reached by Tab"
    );
    let ring = "getComputedStyle(document.activeElement.querySelector('.box')).strokeWidth";
    assert_eq!(browser.text(ring), "3.5px", "the focus is seen");
    browser.keys("n");
    assert_eq!(browser.text(PATCH), "shop/customers");
    browser.keys(DOWN);
    let below = browser.text(PATCH);
    assert_ne!(below, "shop/customers");
    browser.keys(UP);
    assert_eq!(
        browser.text(PATCH),
        "shop/customers",
        "back where it came from"
    );
    browser.keys(END);
    assert_eq!(browser.text(PATCH), "shop/report");
    browser.keys(UP);
    assert_eq!(browser.text(PATCH), "shop/orders");
    browser.keys(ENTER);
    assert!(browser.text(PANEL).starts_with("shop/orders"));
    browser.keys(ESCAPE);
    assert_eq!(browser.text(PANEL), "");
    assert_eq!(browser.text(PATCH), "shop/orders");
    browser.keys("?");
    assert_eq!(browser.text("document.getElementById('keys').open"), "true");
    browser.keys(ESCAPE);
    assert_eq!(
        browser.text("document.getElementById('keys').open"),
        "false"
    );
    let before = browser.text("document.getElementById('drawing').style.transform");
    browser.keys("+");
    assert_ne!(
        browser.text("document.getElementById('drawing').style.transform"),
        before
    );
    let unnamed = "[...document.querySelectorAll('button, input, [role=button], [role=application]')]\
        .filter(one => !one.ariaLabel && !one.textContent.trim() && !one.labels?.length).length";
    assert_eq!(
        browser.text(unnamed),
        "0",
        "everything that can be used has a name"
    );
}

pub(crate) fn light_and_dark(page: &Page<'_>) {
    let browser = page.browser;
    let paper = "getComputedStyle(document.body).backgroundColor";
    let system = |scheme: &str| {
        let features = json!([{ "name": "prefers-color-scheme", "value": scheme }]);
        browser.chromium(
            "Emulation.setEmulatedMedia",
            &json!({ "features": features }),
        );
    };
    system("light");
    let light = browser.text(paper);
    system("dark");
    let dark = browser.text(paper);
    assert_ne!(light, dark, "as the system has it");
    browser.keys("t");
    assert_eq!(browser.text(paper), light);
    browser.click("#theme");
    assert_eq!(browser.text(paper), dark);
    system("light");
    assert_eq!(browser.text(paper), dark, "whatever the system has");
    browser.click("#theme");
    assert_eq!(browser.text(paper), light);
    system("");
}

pub(crate) fn all_needs(page: &Page<'_>) {
    let browser = page.browser;
    let drawn = "[...document.querySelectorAll('.edge')].filter(edge => edge.getBoundingClientRect().width + \
        edge.getBoundingClientRect().height > 0).length";
    let few: u32 = browser.text(drawn).parse().expect("a number");
    browser.click("#implied");
    let all: u32 = browser.text(drawn).parse().expect("a number");
    assert!(all > few, "{all} of {few}");
    browser.click("#implied");
    assert_eq!(browser.text(drawn), few.to_string());
}

pub(crate) fn reduced_motion(page: &Page<'_>) {
    let browser = page.browser;
    let moves = "(document.getElementById('fit').click(), document.getAnimations().length, \
        getComputedStyle(document.getElementById('drawing')).transitionDuration)";
    let set = |value: &str| {
        let features = json!([{ "name": "prefers-reduced-motion", "value": value }]);
        browser.chromium(
            "Emulation.setEmulatedMedia",
            &json!({ "features": features }),
        );
    };
    set("reduce");
    assert_eq!(browser.text(moves), "0s");
    set("no-preference");
    assert_eq!(browser.text(moves), "0.22s");
    set("");
}

pub(crate) fn printed(page: &Page<'_>) {
    let browser = page.browser;
    browser.click("[aria-label^='shop/orders']");
    browser.chromium("Emulation.setEmulatedMedia", &json!({ "media": "print" }));
    let seen = |id: &str| {
        browser.text(&format!(
            "document.getElementById('{id}').getBoundingClientRect().height > 0"
        ))
    };
    assert_eq!(seen("drawing"), "true");
    assert_eq!(seen("legend"), "true");
    assert_eq!(seen("panel"), "false");
    let moved = browser.text("getComputedStyle(document.getElementById('drawing')).transform");
    assert_eq!(moved, "none");
    browser.chromium("Emulation.setEmulatedMedia", &json!({ "media": "" }));
}

pub(crate) fn addresses(page: &Page<'_>) {
    let browser = page.browser;
    browser.open(&format!("{}#shop%2Forders", page.address()));
    assert!(browser.text(PANEL).starts_with("shop/orders"));
    browser.keys(ESCAPE);
    browser.open(&format!("{}#%E0%A4", page.address()));
    assert_eq!(browser.text(PANEL), "");
    browser.open(&page.address());
}

pub(crate) fn no_requests(browser: &Browser) {
    let page = Page::open(browser, &[("a.sql", "SELECT 1;\n")]);
    page.is_quiet();
    let asked = "return fetch('http://127.0.0.1:9/').then(() => 'asked', () => 'refused')";
    assert_eq!(browser.run(asked), "refused");
    let run = "const script = document.createElement('script'); script.textContent = 'window.ran = 1'; \
        document.body.append(script); return window.ran === undefined";
    assert_eq!(browser.run(run), true, "no other script runs");
    let told = browser.console().join("\n");
    assert!(
        told.contains("default-src 'none'") && told.contains("inline script"),
        "{told}"
    );
}

pub(crate) fn cycles(browser: &Browser) {
    let page = Page::open(
        browser,
        &[
            (
                "a.sql",
                "CREATE TABLE a (id int PRIMARY KEY, b int REFERENCES b (id));\n",
            ),
            (
                "b.sql",
                "CREATE TABLE b (id int PRIMARY KEY, a int REFERENCES a (id));\n",
            ),
            ("c.sql", "CREATE VIEW c AS SELECT * FROM a;\n"),
        ],
    );
    let told = browser.text("document.getElementById('cycles').innerText");
    assert_eq!(told, "A cycle: a needs b needs a");
    assert_eq!(
        browser.text("document.querySelectorAll('#patches .in-cycle .ring').length"),
        "2"
    );
    assert_eq!(
        browser.text("document.querySelectorAll('#lines .line.cycle').length"),
        "2"
    );
    assert_eq!(
        browser.text("document.querySelectorAll('#patches > g').length"),
        "3"
    );
    browser.click("#cycles .link");
    assert!(browser.text(PANEL).contains("in a cycle"));
    page.is_quiet();
}

pub(crate) fn foreign_text(browser: &Browser) {
    let sql = "-- name: </script><img/src=x/onerror=window.ran=1>'&amp;evil\u{5d0}\u{5d1}\n\
        /* <!-- <script> ]]> \u{202e} */\nSELECT '</script><script>window.ran=1</script>', '\u{1}\u{7}\u{2028}';\n";
    let files = [
        ("a'b\"<i>&.sql", "CREATE TABLE \"<b>\" (id int);\n"),
        (
            "{{data}}.sql",
            "SELECT * FROM \"<b>\"; -- {{script}} $& $1\n",
        ),
        ("\u{5e9}\u{5dc}\u{5d5}\u{5dd}.sql", sql),
    ];
    let page = Page::open(browser, &files);
    assert_eq!(
        browser
            .text("window.ran === undefined && document.querySelectorAll('#patches > g').length"),
        "3"
    );
    assert_eq!(
        browser.text("document.querySelectorAll('body img, i, #patches script').length"),
        "0"
    );
    let names = browser.text("JSON.parse(document.getElementById('data').textContent).patches.map(patch => patch.name).sort().join('|')");
    assert!(
        names.contains("</script><img/src=x/onerror=window.ran=1>'&amp;evil"),
        "{names}"
    );
    assert!(names.contains("a'b\"<i>&|"), "{names}");
    browser.run("document.querySelector('[aria-label*=onerror]').dispatchEvent(new MouseEvent('click', {bubbles: true}))");
    let panel = browser.text(PANEL);
    assert!(panel.contains("<script>window.ran=1</script>"), "{panel}");
    assert!(
        panel.contains("U+0001") && panel.contains("U+202E"),
        "{panel}"
    );
    assert_eq!(browser.text("window.ran === undefined"), "true");
    browser.click("[aria-label^='{{data}}']");
    assert!(browser.text(PANEL).contains("defines table <b>"));
    page.is_quiet();
}

pub(crate) fn nothing(browser: &Browser) {
    let page = Page::open(browser, &[("a.sql", "")]);
    assert_eq!(
        browser.text("document.querySelectorAll('#patches > g').length"),
        "1"
    );
    browser.keys("/x");
    browser.keys(ESCAPE);
    page.is_quiet();
}

/// How long it takes is told, not judged: machines differ.
#[expect(clippy::print_stdout, reason = "the figures are the result")]
pub(crate) fn a_thousand(browser: &Browser) {
    let files = net(1_000);
    let files: Vec<(&str, &str)> = (files.iter())
        .map(|(path, sql)| (path.as_str(), sql.as_str()))
        .collect();
    let page = Page::open(browser, &files);
    assert_eq!(
        browser.text("document.querySelectorAll('#patches > g').length"),
        "1000"
    );
    let paint =
        browser.text("performance.getEntriesByName('first-contentful-paint')[0]?.startTime");
    let ready = browser
        .text("performance.timing.domContentLoadedEventEnd - performance.timing.navigationStart");
    // Sixty frames each of moving and of zooming by the wheel, as they come.
    let frames = |wheel: &str| {
        browser.text(&format!(
            "new Promise(done => {{ const stage = document.getElementById('stage'), times = []; let last; \
             const frame = now => {{ if (last) times.push(now - last); last = now; \
             if (times.length === 60) {{ times.sort((a, b) => a - b); done(`median ${{times[30].toFixed(1)}} ms, \
             slowest ${{times[59].toFixed(1)}} ms`); return; }} \
             stage.dispatchEvent(new WheelEvent('wheel', {{{wheel}, clientX: 700, clientY: 450, bubbles: true, cancelable: true}})); \
             requestAnimationFrame(frame); }}; requestAnimationFrame(frame); }})"
        ))
    };
    let all = frames("deltaX: 5, shiftKey: true");
    let zoomed = frames("deltaY: -12");
    let near = frames("deltaX: 9, shiftKey: true");
    browser.keys("/patch_77");
    assert_eq!(
        browser.text("document.querySelectorAll('.patch.found').length"),
        "11"
    );
    browser.keys(ENTER);
    let search = browser.text(PANEL);
    assert!(search.starts_with("area5/patch_77"), "{search}");
    println!(
        "1000 patches, {} KiB: first paint after {paint} ms, ready after {ready} ms; a frame while all \
         moves: {all}; while it grows: {zoomed}; near: {near}",
        page.text.len() / 1024
    );
    page.is_quiet();
}

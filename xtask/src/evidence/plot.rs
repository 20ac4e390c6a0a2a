//! Small drawings as SVG: bars side by side, and lines over a range. Colours that stay apart for the
//! colour-blind (Okabe and Ito 2008), text in the reader's own font.

use std::fmt::Write as _;

use crate::Outcome;

const COLOURS: [&str; 6] = [
    "#0072b2", "#e69f00", "#009e73", "#d55e00", "#56b4e9", "#cc79a7",
];
const WIDTH: f64 = 720.0;
const LEFT: f64 = 210.0;
const RIGHT: f64 = 90.0;
const BAR: f64 = 22.0;

/// One bar.
pub(super) struct Bar {
    pub(super) name: String,
    pub(super) value: f64,
}

/// Horizontal bars, the longest as wide as the drawing.
pub(super) fn bars(title: &str, unit: &str, bars: &[Bar]) -> Outcome<String> {
    let longest = bars.iter().map(|bar| bar.value).fold(0.0, f64::max);
    let height = 50.0 + BAR * 1.4 * count(bars.len());
    let mut svg = head(title, height)?;
    for (position, bar) in bars.iter().enumerate() {
        let top = 40.0 + BAR * 1.4 * count(position);
        let width = if longest > 0.0 {
            bar.value / longest * (WIDTH - LEFT - RIGHT)
        } else {
            0.0
        };
        let middle = top + BAR * 0.7;
        let colour = COLOURS.get(usize::from(position > 0)).unwrap_or(&"#000");
        writeln!(
            svg,
            "<text x=\"{x:.1}\" y=\"{middle:.1}\" text-anchor=\"end\">{name}</text>\
             <rect x=\"{LEFT}\" y=\"{top:.1}\" width=\"{width:.1}\" height=\"{BAR}\" fill=\"{colour}\"/>\
             <text x=\"{end:.1}\" y=\"{middle:.1}\">{value} {unit}</text>",
            x = LEFT - 8.0,
            end = LEFT + width + 6.0,
            name = escaped(&bar.name),
            value = number(bar.value),
        )?;
    }
    svg.push_str("</svg>\n");
    Ok(svg)
}

/// A line by its name and points.
pub(super) struct Line {
    pub(super) name: String,
    pub(super) points: Vec<(f64, f64)>,
}

/// Lines over a common range that begins at zero.
pub(super) fn lines(title: &str, axes: (&str, &str), lines: &[Line]) -> Outcome<String> {
    const HEIGHT: f64 = 300.0;
    const TOP: f64 = 50.0;
    const BOTTOM: f64 = 250.0;
    const START: f64 = 70.0;
    let all = || lines.iter().flat_map(|line| &line.points);
    let right = all().map(|(x, _)| *x).fold(1e-9, f64::max);
    let top = all().map(|(_, y)| *y).fold(1e-9, f64::max) * 1.1;
    let mut svg = head(title, HEIGHT)?;
    let (x_name, y_name) = (escaped(axes.0), escaped(axes.1));
    let end = WIDTH - RIGHT;
    writeln!(
        svg,
        "<path d=\"M{START} {TOP}V{BOTTOM}H{end}\" fill=\"none\" stroke=\"#888\"/>\
         <text x=\"{end}\" y=\"285\" text-anchor=\"end\">{x_name}</text><text x=\"8\" y=\"42\">{y_name}</text>\
         <text x=\"{before}\" y=\"{BOTTOM}\" text-anchor=\"end\">0</text>\
         <text x=\"{before}\" y=\"62\" text-anchor=\"end\">{top_value}</text>\
         <text x=\"{end}\" y=\"268\" text-anchor=\"end\">{right_value}</text>",
        before = START - 6.0,
        top_value = number(top),
        right_value = number(right),
    )?;
    for (position, line) in lines.iter().enumerate() {
        let colour = COLOURS.get(position % COLOURS.len()).unwrap_or(&"#000");
        let mut path = String::new();
        for (x, y) in &line.points {
            let command = if path.is_empty() { 'M' } else { 'L' };
            let x = START + x / right * (end - START);
            let y = BOTTOM - y / top * (BOTTOM - TOP);
            write!(path, "{command}{x:.1} {y:.1}")?;
        }
        let x = START + 10.0 + 160.0 * count(position);
        writeln!(
            svg,
            "<path d=\"{path}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"/>\
             <text x=\"{x}\" y=\"285\" fill=\"{colour}\">{}</text>",
            escaped(&line.name)
        )?;
    }
    svg.push_str("</svg>\n");
    Ok(svg)
}

fn head(title: &str, height: f64) -> Outcome<String> {
    let mut svg = String::new();
    writeln!(
        svg,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height:.0}\" \
         font-family=\"system-ui, sans-serif\" font-size=\"13\" role=\"img\">\
         <title>{title}</title><rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\
         <text x=\"8\" y=\"22\" font-weight=\"600\">{title}</text>",
        title = escaped(title)
    )?;
    Ok(svg)
}

#[expect(clippy::cast_precision_loss, reason = "positions are small")]
const fn count(position: usize) -> f64 {
    position as f64
}

/// Three significant digits.
pub(super) fn number(value: f64) -> String {
    match value {
        value if value >= 100.0 => format!("{value:.0}"),
        value if value >= 10.0 => format!("{value:.1}"),
        value => format!("{value:.2}"),
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}

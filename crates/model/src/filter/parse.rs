//! JSON to filter; every refusal names the place and what would be right.

use serde_json::Value;

use super::{Field, Filter, FilterError, Test, Values};
use crate::limits::{FILTER_DEPTH_MAX, FILTER_NODES_MAX, FILTER_VALUES_MAX};
use crate::{MemoryType, RecordId, Timestamp};

const OPERATORS: [&str; 8] = ["eq", "ne", "in", "gte", "lte", "any", "all", "exists"];

pub(super) fn filter(value: &Value) -> Result<Filter, FilterError> {
    let mut nodes = 0;
    node(value, 1, &mut nodes)
}

fn error<T>(text: impl Into<String>) -> Result<T, FilterError> {
    Err(FilterError(text.into()))
}

fn count(nodes: &mut usize) -> Result<(), FilterError> {
    *nodes += 1;
    if *nodes > FILTER_NODES_MAX {
        return error(format!(
            "a filter has at most {FILTER_NODES_MAX} conditions"
        ));
    }
    Ok(())
}

fn node(value: &Value, depth: usize, nodes: &mut usize) -> Result<Filter, FilterError> {
    if depth > FILTER_DEPTH_MAX {
        return error(format!(
            "a filter is nested at most {FILTER_DEPTH_MAX} deep"
        ));
    }
    let Value::Object(object) = value else {
        return error("a filter is an object such as {\"type\": {\"eq\": \"semantic\"}}");
    };
    let mut items = Vec::with_capacity(object.len());
    for (key, value) in object {
        count(nodes)?;
        items.push(match key.as_str() {
            "and" => Filter::And(list(key, value, depth, nodes)?),
            "or" => Filter::Or(list(key, value, depth, nodes)?),
            "not" => Filter::Not(Box::new(node(value, depth + 1, nodes)?)),
            name => condition(name, value, nodes)?,
        });
    }
    join(items, "a filter must not be empty")
}

fn join(mut items: Vec<Filter>, empty: &str) -> Result<Filter, FilterError> {
    match items.pop() {
        None => error(empty),
        Some(only) if items.is_empty() => Ok(only),
        Some(last) => {
            items.push(last);
            Ok(Filter::And(items))
        }
    }
}

fn list(
    key: &str,
    value: &Value,
    depth: usize,
    nodes: &mut usize,
) -> Result<Vec<Filter>, FilterError> {
    match value {
        Value::Array(items) if !items.is_empty() => items
            .iter()
            .map(|item| node(item, depth + 1, nodes))
            .collect(),
        _ => error(format!("\"{key}\" takes a list of at least one filter")),
    }
}

fn field(name: &str) -> Result<Field, FilterError> {
    if let Some(path) = name.strip_prefix("metadata.") {
        let path: Vec<String> = path.split('.').map(str::to_owned).collect();
        if path.iter().any(String::is_empty) {
            return error("a metadata field is written metadata.key or metadata.key.inner");
        }
        return Ok(Field::Metadata(path));
    }
    match Field::NAMED.into_iter().find(|(known, _)| *known == name) {
        Some((_, field)) => Ok(field),
        None => {
            let known = Field::NAMED.map(|(known, _)| known);
            error(format!(
                "unknown field \"{}\"{}; fields are {} and metadata.<key>",
                shown(name),
                nearest(name, &known),
                known.join(", ")
            ))
        }
    }
}

/// Characters of a caller's name that a message repeats.
const ECHO_CHARACTERS_MAX: usize = 80;

/// A name as messages repeat it.
fn shown(name: &str) -> String {
    name.escape_debug().take(ECHO_CHARACTERS_MAX).collect()
}

fn nearest(name: &str, known: &[&str]) -> String {
    // Likeness takes time that grows with the length, and nobody mistypes a name of this one.
    if name.len() > 64 {
        return String::new();
    }
    known
        .iter()
        .map(|known| (strsim::damerau_levenshtein(name, known), known))
        .filter(|(distance, _)| *distance <= 3)
        .min()
        .map_or(String::new(), |(_, known)| {
            format!(" (did you mean \"{known}\"?)")
        })
}

fn condition(name: &str, value: &Value, nodes: &mut usize) -> Result<Filter, FilterError> {
    let field = field(name)?;
    let name = &shown(name);
    let Value::Object(tests) = value else {
        return error(format!(
            "\"{name}\" takes an object such as {{\"eq\": ...}}"
        ));
    };
    let mut items = Vec::with_capacity(tests.len());
    for (operator, operand) in tests {
        count(nodes)?;
        items.push(Filter::Field(
            field.clone(),
            test(name, &field, operator, operand)?,
        ));
    }
    join(
        items,
        &format!(
            "\"{name}\" needs an operator, one of {}",
            OPERATORS.join(", ")
        ),
    )
}

fn test(name: &str, field: &Field, operator: &str, operand: &Value) -> Result<Test, FilterError> {
    let one = || scalar(name, field, operand);
    let many = || match operand {
        Value::Array(items) if !items.is_empty() && items.len() <= FILTER_VALUES_MAX => items
            .iter()
            .map(|item| scalar(name, field, item))
            .collect::<Result<Vec<_>, _>>()
            .map(|values| Values::new(&values)),
        _ => error(format!(
            "\"{operator}\" takes a list of 1 to {FILTER_VALUES_MAX} values"
        )),
    };
    let ordered = || match one()? {
        value @ (Value::Number(_) | Value::String(_)) => Ok(value),
        _ => error(format!("\"{operator}\" compares numbers, times or texts")),
    };
    Ok(match operator {
        "eq" => Test::Eq(one()?),
        "ne" => Test::Ne(one()?),
        "in" => Test::In(many()?),
        "any" => Test::Any(many()?),
        "all" => Test::All(many()?),
        "gte" => Test::Gte(ordered()?),
        "lte" => Test::Lte(ordered()?),
        "exists" => match operand {
            Value::Bool(wanted) => Test::Exists(*wanted),
            _ => return error("\"exists\" takes true or false"),
        },
        unknown => {
            return error(format!(
                "unknown operator \"{}\" on \"{name}\"{}; operators are {}",
                shown(unknown),
                nearest(unknown, &OPERATORS),
                OPERATORS.join(", ")
            ));
        }
    })
}

/// A value that the field can have; times become milliseconds, ids their canonical text.
fn scalar(name: &str, field: &Field, value: &Value) -> Result<Value, FilterError> {
    let expected = match (field, value) {
        (field, Value::String(text)) if field.is_time() => match Timestamp::parse(text) {
            Some(time) => return Ok(Value::from(time.milliseconds())),
            None => "an RFC 3339 time such as \"2026-11-22T10:00:00Z\"",
        },
        (field, _) if field.is_time() => "an RFC 3339 time such as \"2026-11-22T10:00:00Z\"",
        (Field::Type, Value::String(text)) if MemoryType::parse(text).is_some() => {
            return Ok(value.clone());
        }
        (Field::Type, _) => "one of semantic, episodic, procedural, working",
        (Field::Importance, Value::Number(_)) => return Ok(value.clone()),
        (Field::Importance, _) => "a number",
        (Field::Id, Value::String(text)) => match RecordId::parse(text) {
            Some(id) => return Ok(Value::from(id.to_string())),
            None => "a UUID",
        },
        (Field::Id, _) => "a UUID",
        (Field::Tags | Field::Speaker | Field::Conversation, Value::String(_)) => {
            return Ok(value.clone());
        }
        (Field::Tags | Field::Speaker | Field::Conversation, _) => "a text",
        (_, Value::String(_) | Value::Number(_) | Value::Bool(_)) => return Ok(value.clone()),
        _ => "a text, a number, true or false",
    };
    error(format!("\"{name}\" is compared with {expected}"))
}

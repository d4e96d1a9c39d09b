//! Objects, lists, attributes, resources and scopes.

use std::borrow::Cow;

use opentelemetry_proto::tonic::common::v1::{
    AnyValue, ArrayValue, EntityRef, InstrumentationScope, KeyValue, KeyValueList, any_value::Value,
};
use opentelemetry_proto::tonic::resource::v1::Resource;

use crate::receive::remarks::Remarks;

use super::scalar::{boolean, bytes, double, integer, text};
use super::tree::{Flaw, Json};

/// Calls `set` for each field of an object, under its camel-case name. `null` is absent; of a repeated key the last wins
/// because it is set last.
pub(super) fn each<'a>(
    json: Json<'a>,
    mut set: impl FnMut(&str, Json<'a>) -> Result<(), Flaw>,
) -> Result<(), Flaw> {
    let Json::Object(fields) = json else { return Err(json.is_no("an object")) };
    for (key, value) in fields {
        if value != Json::Null {
            set(&camel(&key), value).map_err(|flaw| flaw.at(&key))?;
        }
    }
    Ok(())
}

/// `snake_case` as `snakeCase`.
fn camel(key: &str) -> Cow<'_, str> {
    if !key.contains('_') {
        return Cow::Borrowed(key);
    }
    let mut parts = key.split('_');
    let mut camel = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let mut letters = part.chars();
        camel.extend(letters.next().map(|first| first.to_ascii_uppercase()));
        camel.push_str(letters.as_str());
    }
    Cow::Owned(camel)
}

/// Every item of a list.
pub(super) fn list<'a, T>(
    json: Json<'a>,
    mut item: impl FnMut(Json<'a>) -> Result<T, Flaw>,
) -> Result<Vec<T>, Flaw> {
    match json {
        Json::List(items) => items.into_iter().filter(|i| *i != Json::Null).map(&mut item).collect(),
        other => Err(other.is_no("a list")),
    }
}

/// Every item of a list of records; one that cannot be read is left out with a remark.
pub(super) fn records<'a, T>(
    json: Json<'a>,
    remarks: &mut Remarks,
    record: impl Fn(Json<'a>, &mut Remarks) -> Result<T, Flaw>,
) -> Result<Vec<T>, Flaw> {
    let Json::List(items) = json else { return Err(json.is_no("a list")) };
    let mut read = Vec::with_capacity(items.len());
    for item in items {
        match record(item, remarks) {
            Ok(item) => read.push(item),
            Err(flaw) => remarks.reject(flaw.0),
        }
    }
    Ok(read)
}

/// A list of key-value pairs.
pub(super) fn attributes(json: Json<'_>) -> Result<Vec<KeyValue>, Flaw> {
    list(json, |pair| {
        let mut attribute = KeyValue::default();
        each(pair, |key, field| {
            match key {
                "key" => attribute.key = text(field)?,
                "value" => attribute.value = Some(value(field)?),
                _ => {}
            }
            Ok(())
        })
        .map_err(|flaw| if attribute.key.is_empty() { flaw } else { flaw.at(&attribute.key) })?;
        Ok(attribute)
    })
}

/// An `AnyValue`; hand-made dumps also have bare texts, booleans and numbers.
pub(super) fn value(json: Json<'_>) -> Result<AnyValue, Flaw> {
    let value = match json {
        Json::Null => None,
        Json::Text(text) => Some(Value::StringValue(text.into_owned())),
        Json::Bool(flag) => Some(Value::BoolValue(flag)),
        Json::Integer(number) => Some(Value::IntValue(number)),
        Json::Number(_) => {
            Some(integer(&json).map(Value::IntValue).or_else(|_| double(&json).map(Value::DoubleValue))?)
        }
        other => one_of(other)?,
    };
    Ok(AnyValue { value })
}

fn one_of(json: Json<'_>) -> Result<Option<Value>, Flaw> {
    let mut value = None;
    each(json, |key, field| {
        value = Some(match key {
            "stringValue" => Value::StringValue(text(field)?),
            "boolValue" => Value::BoolValue(boolean(&field)?),
            "intValue" => Value::IntValue(integer(&field)?),
            "doubleValue" => Value::DoubleValue(double(&field)?),
            "bytesValue" => Value::BytesValue(bytes(&field)?),
            "arrayValue" => Value::ArrayValue(ArrayValue { values: values(field, items)? }),
            "kvlistValue" => Value::KvlistValue(KeyValueList { values: values(field, attributes)? }),
            _ => return Ok(()),
        });
        Ok(())
    })?;
    Ok(value)
}

/// The `values` of an `arrayValue` or `kvlistValue`, none if there is no such field.
fn values<'a, T>(json: Json<'a>, read: fn(Json<'a>) -> Result<Vec<T>, Flaw>) -> Result<Vec<T>, Flaw> {
    let mut values = Vec::new();
    each(json, |key, field| {
        if key == "values" {
            values = read(field)?;
        }
        Ok(())
    })?;
    Ok(values)
}

/// The items of an array value, where `null` is an item.
fn items(json: Json<'_>) -> Result<Vec<AnyValue>, Flaw> {
    match json {
        Json::List(items) => items.into_iter().map(value).collect(),
        other => Err(other.is_no("a list")),
    }
}

/// A resource. One that cannot be read leaves its records without, and a remark: they are worth more than it.
pub(super) fn resource(json: Json<'_>, remarks: &mut Remarks) -> Resource {
    let mut resource = Resource::default();
    let read = each(json, |key, field| {
        match key {
            "attributes" => resource.attributes = attributes(field)?,
            "droppedAttributesCount" => resource.dropped_attributes_count = integer(&field)?,
            "entityRefs" => resource.entity_refs = list(field, entity_ref)?,
            _ => {}
        }
        Ok(())
    });
    read.unwrap_or_else(|flaw| remarks.drop_fact(flaw.at("resource").0));
    resource
}

fn entity_ref(json: Json<'_>) -> Result<EntityRef, Flaw> {
    let mut entity = EntityRef::default();
    each(json, |key, field| {
        match key {
            "schemaUrl" => entity.schema_url = text(field)?,
            "type" => entity.r#type = text(field)?,
            "idKeys" => entity.id_keys = list(field, text)?,
            "descriptionKeys" => entity.description_keys = list(field, text)?,
            _ => {}
        }
        Ok(())
    })?;
    Ok(entity)
}

/// A scope, as forgiving as [`resource`].
pub(super) fn scope(json: Json<'_>, remarks: &mut Remarks) -> InstrumentationScope {
    let mut scope = InstrumentationScope::default();
    let read = each(json, |key, field| {
        match key {
            "name" => scope.name = text(field)?,
            "version" => scope.version = text(field)?,
            "attributes" => scope.attributes = attributes(field)?,
            "droppedAttributesCount" => scope.dropped_attributes_count = integer(&field)?,
            _ => {}
        }
        Ok(())
    });
    read.unwrap_or_else(|flaw| remarks.drop_fact(flaw.at("scope").0));
    scope
}

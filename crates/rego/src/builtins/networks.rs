//! Networks that meet, contain others, or are merged.

use std::collections::BTreeSet;
use std::net::IpAddr;

use ipnet::{IpNet, Ipv4Net};
use regorus::Value;

use super::{Builtin, members, native, text};

pub const FUNCTIONS: &[Builtin] = &[
    ("net.cidr_intersects", 2, |given| intersects(&given[0], &given[1])),
    ("net.cidr_overlap", 2, |given| native("net.cidr_contains", given)),
    ("net.cidr_merge", 1, |given| {
        let networks: Option<Vec<IpNet>> =
            members(&given[0])?.iter().map(|one| network_with_class(text(one)?)).collect();
        let merged = IpNet::aggregate(&networks?);
        Some(Value::from(merged.iter().map(|one| Value::from(one.to_string())).collect::<BTreeSet<_>>()))
    }),
    ("net.cidr_contains_matches", 2, |given| {
        let (networks, others) = (named(&given[0])?, named(&given[1])?);
        let mut found = BTreeSet::new();
        for (name, network) in &networks {
            for (other_name, other) in &others {
                if network.contains(other) {
                    found.insert(Value::from(vec![name.clone(), other_name.clone()]));
                }
            }
        }
        Some(Value::from(found))
    }),
];

fn network(text: &str) -> Option<IpNet> {
    text.parse().ok().or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from))
}

/// As OPA has it, an address of version 4 alone is the network of its class, and one of version 6 needs its length.
fn network_with_class(text: &str) -> Option<IpNet> {
    if let Ok(network) = text.parse::<IpNet>() {
        return Some(network.trunc());
    }
    let IpAddr::V4(address) = text.parse().ok()? else { return None };
    let length = match address.octets()[0] {
        0..128 => 8,
        128..192 => 16,
        _ => 24,
    };
    Some(IpNet::V4(Ipv4Net::new(address, length).ok()?.trunc()))
}

fn intersects(left: &Value, right: &Value) -> Option<Value> {
    let (left, right): (IpNet, IpNet) = (text(left)?.parse().ok()?, text(right)?.parse().ok()?);
    Some(Value::from(left.contains(&right.network()) || right.contains(&left.network())))
}

/// Networks and what OPA calls them: an index, a key, or what a set holds; each a text, or a list that begins with one.
fn named(given: &Value) -> Option<Vec<(Value, IpNet)>> {
    let of = |one: &Value| network(text(one).or_else(|| text(one.as_array().ok()?.first()?))?);
    match given {
        Value::String(_) => Some(vec![(given.clone(), of(given)?)]),
        Value::Array(list) => list.iter().enumerate().map(|(i, one)| Some((Value::from(i), of(one)?))).collect(),
        Value::Set(set) => set.iter().map(|one| Some((one.clone(), of(one)?))).collect(),
        Value::Object(object) => object.iter().map(|(key, one)| Some((key.clone(), of(one)?))).collect(),
        _ => None,
    }
}

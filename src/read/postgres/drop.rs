//! DROP of every kind.

use super::misc::{member_of, object_of, refs, roles, roles_as};
use super::reader::Reader;
use super::tree::{SyntaxKind as K, SyntaxNode, has};
use super::types;
use crate::read::fact::{Action, Kind};

/// `DROP …` of every kind.
pub(super) fn drop(r: &mut Reader<'_>, node: &SyntaxNode) {
    let action = r.drop(has(node, K::IF_EXISTS), has(node, K::CASCADE));
    match node.kind() {
        K::DROP_TRIGGER => {
            member_of(r, node, Kind::Trigger, K::TRIGGER_REF, &action);
        }
        K::DROP_RULE => {
            member_of(r, node, Kind::Rule, K::RULE_REF, &action);
        }
        K::DROP_POLICY => {
            member_of(r, node, Kind::Policy, K::POLICY_REF, &action);
        }
        K::DROP_ROLE | K::DROP_USER | K::DROP_GROUP => roles_as(r, node, &action),
        K::DROP_OWNED => roles(r, node),
        K::DROP_USER_MAPPING => {
            roles(r, node);
            refs(r, node, &Action::Use);
        }
        K::DROP_TRANSFORM => {
            types::uses_all(r, node);
            refs(r, node, &Action::Use);
        }
        // The method is used, not dropped.
        K::DROP_OPERATOR_CLASS | K::DROP_OPERATOR_FAMILY => {
            for part in node.children() {
                if let Some((object, span)) = object_of(r, &part) {
                    r.push(action.clone(), object, span);
                }
            }
        }
        _ => refs(r, node, &action),
    }
}

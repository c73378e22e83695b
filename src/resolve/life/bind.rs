//! To which version of an object each of its users belongs: after its birth and before its end.

use smallvec::SmallVec;

use super::role::{Before, Role};
use super::{Life, chain, death_rule, fit, strength_of};
use crate::read::fact::{Kind, Namespace};
use crate::resolve::catalog::{Event, EventKind, Identity, IdentityId};
use crate::resolve::edges::Edges;
use crate::resolve::{PatchId, Reason, Rule, Strength};

/// An edge that a user asks for.
pub(super) struct Bond {
    earlier: PatchId,
    later: PatchId,
    reason: Reason,
}

/// After the birth, and before the end.
type Bonds = SmallVec<[Bond; 2]>;

impl Bond {
    pub(super) fn add(self, edges: &mut Edges) {
        edges.add(self.earlier, self.later, self.reason);
    }
}

impl Life<'_> {
    /// Adds the edges between the links of a chain and the users.
    pub(super) fn bind(&self, id: IdentityId, chain: &[usize], edges: &mut Edges) {
        let spans = chain::spans(self.roles.of(id), chain);
        for user in self.users(id, chain) {
            let bonds = self
                .bonds(id, &spans, user, Some(edges))
                .unwrap_or_default();
            bonds.into_iter().for_each(|bond| bond.add(edges));
        }
    }

    /// Adds the edges of one user.
    pub(super) fn bind_one(&self, id: IdentityId, chain: &[usize], user: usize, edges: &mut Edges) {
        let roles = self.roles.of(id);
        let spans = chain::spans(roles, chain);
        let bonds = self.bonds(id, &spans, &roles[user], Some(edges));
        let bonds = bonds.unwrap_or_default();
        bonds.into_iter().for_each(|bond| bond.add(edges));
    }

    /// The same where what the engine insists on leaves one version that it can mean. Says whether that is so.
    pub(super) fn bind_sure(
        &self,
        id: IdentityId,
        chain: &[usize],
        user: usize,
        edges: &mut Edges,
    ) -> bool {
        let roles = self.roles.of(id);
        let patch = roles[user].patch;
        let [after, before] = [edges.hard_after(patch), edges.hard_before(patch)];
        let is_possible = |span: &chain::Lifetime| {
            let late = |birth: usize| after[roles[birth].patch.0 as usize];
            let early = |death: usize| before[roles[death].patch.0 as usize];
            !span.birth.is_some_and(late) && !span.death.is_some_and(early)
        };
        let spans = chain::spans(roles, chain);
        let is_sure = spans.iter().filter(|&span| is_possible(span)).count() == 1;
        if is_sure {
            self.bind_one(id, chain, user, edges);
        }
        is_sure
    }

    /// Whichever version a user means, the first has been made before it.
    pub(super) fn expect_first(&self, id: IdentityId, chain: &[usize], edges: &mut Edges) {
        let spans = chain::spans(self.roles.of(id), chain);
        let Some(first) = spans.first().and_then(|span| span.birth) else {
            return;
        };
        let first = &self.roles.of(id)[first];
        let insists = |user: &&Role| user.need.is_some_and(|need| !need.late);
        for user in self.users(id, chain).filter(insists) {
            if user.patch != first.patch && !edges.insists(user.patch, first.patch) {
                edges.expect(first.patch, user.patch);
            }
        }
    }

    /// Gives the edges that [`Self::bind`] adds, unless they depend on those that there are; says whether
    /// they do not.
    pub(super) fn free_bonds(
        &self,
        id: IdentityId,
        chain: &[usize],
        mut give: impl FnMut(Bond),
    ) -> bool {
        let spans = chain::spans(self.roles.of(id), chain);
        for user in self.users(id, chain) {
            let Some(bonds) = self.bonds(id, &spans, user, None) else {
                return false;
            };
            bonds.into_iter().for_each(&mut give);
        }
        true
    }

    /// The roles that are no links of the chain.
    fn users(&self, id: IdentityId, chain: &[usize]) -> impl Iterator<Item = &Role> {
        let roles = self.roles.of(id).iter().enumerate();
        let users = roles.filter(|(number, _)| !chain.contains(number));
        users.map(|(_, role)| role)
    }

    /// The edges of one user; `None` where it would take the other edges to tell, and there are none.
    fn bonds(
        &self,
        id: IdentityId,
        spans: &[chain::Lifetime],
        user: &Role,
        edges: Option<&Edges>,
    ) -> Option<Bonds> {
        let Some(event) = user.need.or(user.birth) else {
            return Some(Bonds::new());
        };
        let identity = self.catalog.get(id);
        let roles = self.roles.of(id);
        if spans.is_empty() {
            let makes = |role: &Role| role.patch != user.patch && role.birth.is_some();
            return match user.birth.is_none() && roles.iter().any(makes) {
                true => Some(bond_to_any(identity, roles, user, event, edges?)),
                false => Some(Bonds::new()),
            };
        }
        if user.before == Before::Absent && user.after == Some(false) {
            return Some(self.bond_passing(identity, roles, spans, user, edges?));
        }
        let leave = |span: &chain::Lifetime, is_before: &dyn Fn(PatchId, PatchId) -> bool| {
            let late = |birth: usize| is_before(user.patch, roles[birth].patch);
            let early = |death: usize| is_before(roles[death].patch, user.patch);
            !span.birth.is_some_and(late) && !span.death.is_some_and(early)
        };
        let lifetime = if spans.len() == 1 {
            spans.first()
        } else {
            let edges = edges?;
            let fits =
                |span: &&chain::Lifetime| leave(span, &|one, other| edges.reaches(one, other));
            let possible =
                |span: &&chain::Lifetime| leave(span, &|one, other| edges.insists(one, other));
            let of_it = |span: &&chain::Lifetime| fit::fits(self, id, span, user.patch);
            let meant = |span: &&chain::Lifetime| of_it(span) && fits(span);
            // Only what the engine insists on outweighs the columns, where they tell versions apart.
            let told_apart = || !spans.iter().all(|span| of_it(&span));
            let may_be = |span: &&chain::Lifetime| of_it(span) && possible(span);
            let newest = || spans.iter().rev();
            let numbered = self.at_the_time_of(roles, spans, user.patch);
            numbered
                .map(|place| &spans[place])
                .filter(possible)
                .or_else(|| newest().find(meant))
                .or_else(|| newest().find(may_be).filter(|_| told_apart()))
                .or_else(|| newest().find(fits))
                // Weak edges may go round in a circle.
                .or_else(|| newest().find(possible))
                .or(spans.last())
        };
        let mut bonds = Bonds::new();
        let Some(lifetime) = lifetime else {
            return Some(bonds);
        };
        let maker = lifetime.birth.map(|birth| &roles[birth]);
        if let Some(maker) = maker
            && self.is_of_another_version(identity, maker, user, edges)?
        {
            return Some(bonds);
        }
        if let Some(birth) = maker
            && let Some(born) = birth.birth
        {
            // `IF NOT EXISTS` needs nothing before it, except that a plain CREATE must not come after.
            let needed = user.need.is_some() || birth.before == Before::Absent;
            let needed = needed && !fit::may_be_of_another(self, identity, birth);
            let bodied = event.late && user.need.is_some();
            if needed {
                let reason = Reason {
                    rule: birth_rule(identity, born, bodied),
                    strength: strength_of(event),
                    object: identity.label(),
                    earlier: born.span,
                    later: event.span,
                };
                bonds.push(Bond {
                    earlier: birth.patch,
                    later: user.patch,
                    reason,
                });
            }
        }
        // What a body may need when it runs ended long before, by the numbers: it means something else.
        let is_over = |death: &Role| event.late && self.sequence.is_older(death.patch, user.patch);
        if let Some(death) = lifetime.death.map(|death| &roles[death])
            && let Some(died) = death.death
            && (died.is_perhaps() || !died.is_with_owner())
            && !is_over(death)
        {
            let reason = Reason {
                rule: death_rule(died),
                strength: strength_of(event),
                object: identity.label(),
                earlier: event.span,
                later: died.span,
            };
            bonds.push(Bond {
                earlier: user.patch,
                later: death.patch,
                reason,
            });
        }
        Some(bonds)
    }

    /// Whether a member was made with one version of its owner, and the user means another one: a
    /// column that no statement names may be there as well (`SELECT *`). `None` where it would take the
    /// edges to tell.
    fn is_of_another_version(
        &self,
        identity: &Identity,
        maker: &Role,
        user: &Role,
        edges: Option<&Edges>,
    ) -> Option<bool> {
        let Some(owner) = identity.owner else {
            return Some(false);
        };
        let roles = self.roles.of(owner);
        let links = chain::links(roles);
        let is_link = |role: &Role| links.iter().any(|&link| roles[link].patch == role.patch);
        if links.len() <= 1 || !is_link(maker) {
            return Some(false);
        }
        if !self.widths.fits(owner, maker.patch, user.patch) {
            return Some(true);
        }
        let Some(chain) = chain::numbered(roles, &links, self.sequence, edges?) else {
            return Some(false);
        };
        let spans = chain::spans(roles, &chain);
        let begun_by = |role: &Role| {
            let begins = |span: &chain::Lifetime| {
                let birth = span.birth.map(|birth| &roles[birth]);
                let own = birth.filter(|birth| birth.patch == role.patch);
                let used = role.need.or(role.birth);
                own.and_then(|own| own.birth)
                    .is_some_and(|born| used.is_none_or(|used| born.at <= used.at))
            };
            spans.iter().position(begins)
        };
        let meant = begun_by(user).or_else(|| self.at_the_time_of(roles, &spans, user.patch));
        let made = begun_by(maker);
        Some(made.is_some() && meant.is_some() && made != meant)
    }

    /// What a patch makes and ends itself is there in no lifetime: before the one that is made after it.
    fn bond_passing(
        &self,
        identity: &Identity,
        roles: &[Role],
        spans: &[chain::Lifetime],
        user: &Role,
        edges: &Edges,
    ) -> Bonds {
        let later = spans.iter().find(|span| {
            let after_birth = |birth: usize| edges.reaches(roles[birth].patch, user.patch);
            let older = |birth: usize| self.sequence.is_older(roles[birth].patch, user.patch);
            span.birth
                .is_some_and(|birth| !after_birth(birth) && !older(birth))
        });
        let birth = later.and_then(|span| span.birth).map(|birth| &roles[birth]);
        if let (Some(birth), Some(ended)) = (birth, user.death)
            && let Some(born) = birth.birth
        {
            let reason = Reason {
                rule: Rule::DropDefine,
                strength: Strength::Hard,
                object: identity.label(),
                earlier: ended.span,
                later: born.span,
            };
            let (earlier, later) = (user.patch, birth.patch);
            return Bonds::from_iter([Bond {
                earlier,
                later,
                reason,
            }]);
        }
        Bonds::new()
    }

    /// The place of the lifetime in which a patch falls by the numbers in the file names.
    fn at_the_time_of(
        &self,
        roles: &[Role],
        spans: &[chain::Lifetime],
        user: PatchId,
    ) -> Option<usize> {
        let older = |one, other| self.sequence.is_older(one, other);
        spans.iter().position(|span| {
            let born = span
                .birth
                .is_none_or(|birth| older(roles[birth].patch, user));
            let alive = span
                .death
                .is_none_or(|death| older(user, roles[death].patch));
            born && alive
        })
    }
}

/// Every birth is `IF NOT EXISTS`: a user needs one of them, the first that does not need it.
fn bond_to_any(
    identity: &Identity,
    roles: &[Role],
    user: &Role,
    event: Event,
    edges: &Edges,
) -> Bonds {
    let after = edges.reach(user.patch);
    let maker = roles
        .iter()
        .filter(|role| role.patch != user.patch)
        .find(|role| role.birth.is_some() && !after[role.patch.0 as usize]);
    let Some((maker, born)) = maker.and_then(|maker| Some((maker, maker.birth?))) else {
        return Bonds::new();
    };
    let reason = Reason {
        rule: birth_rule(identity, born, event.late),
        strength: strength_of(event),
        object: identity.label(),
        earlier: born.span,
        later: event.span,
    };
    Bonds::from_iter([Bond {
        earlier: maker.patch,
        later: user.patch,
        reason,
    }])
}

fn birth_rule(identity: &Identity, birth: Event, body: bool) -> Rule {
    let rename = matches!(birth.kind, EventKind::Birth { rename: true, .. });
    match identity.key.namespace {
        _ if rename => Rule::RenameUse,
        Namespace::Own(Kind::Column) => Rule::Column,
        Namespace::Own(Kind::Key) => Rule::KeyReference,
        Namespace::Own(Kind::EnumValue) => Rule::ValueUse,
        _ if body => Rule::DefineBody,
        _ => Rule::DefineUse,
    }
}

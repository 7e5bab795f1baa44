//! Forcing a query to one tenant: every selector of it gets `user_id="…"`.
//!
//! The query is parsed, never searched and replaced. The walk is exhaustive over the syntax (the parser's own visitor skips
//! the parameter of an aggregation), the result is parsed and walked once more before it leaves, and what cannot be
//! proven is refused.

use promql_parser::label::{MatchOp, Matcher, Matchers};
use promql_parser::parser::{self, Call, Expr, VectorSelector};

/// The label that says whose series it is.
pub const OWNER: &str = "user_id";
/// Longest query that is looked at, in bytes.
const MAX_QUERY: usize = 4096;
/// Deepest nesting; the parser and this walk recurse.
const MAX_DEPTH: usize = 64;

/// Why a query is not run.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ScopeError {
    #[error("the query is longer than {MAX_QUERY} bytes")]
    TooLong,
    #[error("the query is nested deeper than {MAX_DEPTH} levels")]
    TooDeep,
    #[error("the query is not PromQL: {0}")]
    Syntax(String),
    #[error("leave out the matcher on {OWNER}: the server sets it")]
    OwnerMatcher,
    /// `or` between matchers is not Prometheus' and would widen a selector.
    #[error("`or` between matchers is not supported")]
    OrMatchers,
    #[error("metric name {0:?} is not supported")]
    MetricName(String),
    #[error("the function {0} is not supported: it reads series that no selector names")]
    Function(String),
    #[error("the query uses syntax that cannot be confined to one account")]
    Unproven,
}

/// `promql` with every selector confined to `user_id`.
///
/// # Errors
/// [`ScopeError`] when the query is malformed, names an owner itself, or cannot be proven to stay inside.
pub fn scope_query(promql: &str, user_id: &str) -> Result<String, ScopeError> {
    let mut query = parse(promql)?;
    confine(&mut query, user_id)?;
    let scoped = query.to_string();
    // What is sent is text: parse that text again, and look at what Prometheus will see.
    let seen = parser::parse(&scoped).map_err(|_already_parsed| ScopeError::Unproven)?;
    if selectors(&seen)?.iter().all(|selector| is_confined(selector, user_id)) {
        Ok(scoped)
    } else {
        Err(ScopeError::Unproven)
    }
}

fn parse(promql: &str) -> Result<Expr, ScopeError> {
    if promql.len() > MAX_QUERY {
        return Err(ScopeError::TooLong);
    }
    if nesting(promql) > MAX_DEPTH {
        return Err(ScopeError::TooDeep);
    }
    parser::parse(promql).map_err(ScopeError::Syntax)
}

/// The deepest nesting that the text can have: open brackets and signs in a row, outside of strings.
fn nesting(promql: &str) -> usize {
    let (mut open, mut signs, mut deepest) = (0_usize, 0_usize, 0_usize);
    let mut quote = None;
    let mut bytes = promql.bytes();
    while let Some(byte) = bytes.next() {
        match (quote, byte) {
            // A raw string has no escapes.
            (Some(b'"' | b'\''), b'\\') => drop(bytes.next()),
            (Some(end), _) if end == byte => quote = None,
            (Some(_), _) => {}
            (None, b'"' | b'\'' | b'`') => (quote, signs) = (Some(byte), 0),
            (None, b'(' | b'[' | b'{') => (open, signs) = (open + 1, 0),
            (None, b')' | b']' | b'}') => (open, signs) = (open.saturating_sub(1), 0),
            (None, b'-' | b'+') => signs += 1,
            (None, b' ' | b'\t' | b'\n' | b'\r') => {}
            (None, _) => signs = 0,
        }
        deepest = deepest.max(open + signs);
    }
    deepest
}

fn confine(expr: &mut Expr, user_id: &str) -> Result<(), ScopeError> {
    match expr {
        Expr::VectorSelector(selector) => confine_selector(selector, user_id),
        Expr::MatrixSelector(matrix) => confine_selector(&mut matrix.vs, user_id),
        Expr::Aggregate(aggregate) => {
            if let Some(param) = &mut aggregate.param {
                confine(param, user_id)?;
            }
            confine(&mut aggregate.expr, user_id)
        }
        Expr::Unary(unary) => confine(&mut unary.expr, user_id),
        Expr::Binary(binary) => {
            confine(&mut binary.lhs, user_id)?;
            confine(&mut binary.rhs, user_id)
        }
        Expr::Paren(paren) => confine(&mut paren.expr, user_id),
        Expr::Subquery(subquery) => confine(&mut subquery.expr, user_id),
        Expr::Call(call) => {
            check_function(call)?;
            call.args.args.iter_mut().try_for_each(|argument| confine(argument, user_id))
        }
        Expr::NumberLiteral(_) | Expr::StringLiteral(_) => Ok(()),
        Expr::Extension(_) => Err(ScopeError::Unproven),
    }
}

fn confine_selector(selector: &mut VectorSelector, user_id: &str) -> Result<(), ScopeError> {
    if !selector.matchers.or_matchers.is_empty() {
        return Err(ScopeError::OrMatchers);
    }
    if selector.matchers.matchers.iter().any(|matcher| matcher.name == OWNER) {
        return Err(ScopeError::OwnerMatcher);
    }
    if let Some(name) = selector.name.as_deref().filter(|name| !is_metric_name(name)) {
        return Err(ScopeError::MetricName(name.to_owned()));
    }
    let matchers = std::mem::replace(&mut selector.matchers, Matchers::empty());
    selector.matchers = matchers.append(Matcher::new(MatchOp::Equal, OWNER, user_id));
    Ok(())
}

/// `info` joins series of its own choosing.
fn check_function(call: &Call) -> Result<(), ScopeError> {
    if call.func.name == "info" { Err(ScopeError::Function(call.func.name.to_owned())) } else { Ok(()) }
}

fn is_metric_name(name: &str) -> bool {
    let mut bytes = name.bytes();
    bytes.next().is_some_and(|b| b.is_ascii_alphabetic() || matches!(b, b'_' | b':'))
        && bytes.all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b':'))
}

fn is_confined(selector: &VectorSelector, user_id: &str) -> bool {
    let owners: Vec<&Matcher> = selector.matchers.matchers.iter().filter(|m| m.name == OWNER).collect();
    let [owner] = owners.as_slice() else { return false };
    selector.matchers.or_matchers.is_empty() && owner.op == MatchOp::Equal && owner.value == user_id
}

/// Every selector of a query, wherever it hides.
fn selectors(expr: &Expr) -> Result<Vec<&VectorSelector>, ScopeError> {
    let mut found = Vec::new();
    let mut left = vec![expr];
    while let Some(expr) = left.pop() {
        match expr {
            Expr::VectorSelector(selector) => found.push(selector),
            Expr::MatrixSelector(matrix) => found.push(&matrix.vs),
            Expr::Aggregate(aggregate) => {
                left.extend(aggregate.param.as_deref());
                left.push(&aggregate.expr);
            }
            Expr::Unary(unary) => left.push(&unary.expr),
            Expr::Binary(binary) => left.extend([&*binary.lhs, &*binary.rhs]),
            Expr::Paren(paren) => left.push(&paren.expr),
            Expr::Subquery(subquery) => left.push(&subquery.expr),
            Expr::Call(call) => left.extend(call.args.args.iter().map(|argument| &**argument)),
            Expr::NumberLiteral(_) | Expr::StringLiteral(_) => {}
            Expr::Extension(_) => return Err(ScopeError::Unproven),
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ME: &str = "usr_me";

    #[test]
    fn every_selector_is_confined_wherever_it_hides() {
        for (typed, scoped) in [
            ("up", r#"up{user_id="usr_me"}"#),
            (r#"up{job="a"}"#, r#"up{job="a",user_id="usr_me"}"#),
            (r#"{__name__=~"node_.*"}"#, r#"{__name__=~"node_.*",user_id="usr_me"}"#),
            ("rate(x[5m])", r#"rate(x{user_id="usr_me"}[5m])"#),
            ("x offset 5m", r#"x{user_id="usr_me"} offset 5m"#),
            ("max_over_time(rate(x[5m])[1h:1m])", r#"max_over_time(rate(x{user_id="usr_me"}[5m])[1h:1m])"#),
            ("topk(scalar(a), b)", r#"topk(scalar(a{user_id="usr_me"}), b{user_id="usr_me"})"#),
            (
                "a / on(instance) group_left b",
                r#"a{user_id="usr_me"} / on (instance) group_left () b{user_id="usr_me"}"#,
            ),
            ("-(a)", r#"-(a{user_id="usr_me"})"#),
        ] {
            assert_eq!(scope_query(typed, ME).as_deref(), Ok(scoped), "{typed}");
        }
    }

    #[test]
    fn words_in_strings_stay_words() {
        let typed = r#"label_replace(up, "user_id", "usr_victim", "job", "up{user_id=\"usr_victim\"}")"#;
        let scoped = scope_query(typed, ME).unwrap();
        assert!(scoped.starts_with(r#"label_replace(up{user_id="usr_me"},"#), "{scoped}");
    }

    #[test]
    fn naming_an_owner_is_refused() {
        for typed in [
            r#"up{user_id="usr_victim"}"#,
            r#"up{user_id=~".*"}"#,
            r#"up{user_id!=""}"#,
            r#"{"user_id"="usr_victim", __name__="up"}"#,
            r#"sum(a) + topk(scalar(b{user_id="usr_victim"}), a)"#,
            r#"max_over_time(a{user_id!~"x"}[1h:1m])"#,
        ] {
            assert_eq!(scope_query(typed, ME), Err(ScopeError::OwnerMatcher), "{typed}");
        }
    }

    #[test]
    fn what_cannot_be_confined_is_refused() {
        assert_eq!(scope_query(r#"up{a="1" or user_id="usr_victim"}"#, ME), Err(ScopeError::OrMatchers));
        assert!(scope_query("up{", ME).is_err());
        assert!(scope_query("info(up)", ME).is_err());
        assert_eq!(scope_query(&"x".repeat(MAX_QUERY + 1), ME), Err(ScopeError::TooLong));
        assert_eq!(scope_query(&format!("{}x{}", "(".repeat(100), ")".repeat(100)), ME), Err(ScopeError::TooDeep));
        assert_eq!(scope_query(&format!("{}x", "- ".repeat(1000)), ME), Err(ScopeError::TooDeep));
        let hidden = format!("label_join(x, \"{0}\", `{0}`, \"a\"){1}", ")".repeat(100), " + (x)".repeat(100));
        assert_eq!(nesting(&hidden), 1, "brackets in strings do not count, sums do not nest");
    }

    #[test]
    fn a_strange_owner_cannot_break_out_of_its_quotes() {
        let owner = "a\"} or up{x=\"";
        let scoped = scope_query("up", owner).unwrap();
        assert!(is_confined(selectors(&parser::parse(&scoped).unwrap()).unwrap()[0], owner), "{scoped}");
    }

    /// Queries of every form the walk knows.
    fn queries() -> impl Strategy<Value = String> {
        let value = prop::sample::select(vec!["a", "\\\"", "usr_victim", "} or {", "x\\\\", "#", "user_id=\\\"b\\\""]);
        let matcher =
            (prop::sample::select(vec!["job", "le", "instance"]), prop::sample::select(vec!["=", "!="]), value)
                .prop_map(|(name, op, value)| format!("{name}{op}\"{value}\""));
        let selector =
            (prop::collection::vec(matcher, 0..3), prop::sample::select(vec!["", " offset 5m", " @ 1609746000"]))
                .prop_map(|(matchers, tail)| format!("node_load1{{{}}}{tail}", matchers.join(",")));
        selector.prop_recursive(4, 24, 3, |inner| {
            prop_oneof![
                inner.clone().prop_map(|q| format!("sum by (instance) ({q})")),
                inner.clone().prop_map(|q| format!("max_over_time(({q})[1h:5m])")),
                inner.clone().prop_map(|q| format!("-({q})")),
                inner.clone().prop_map(|q| format!("label_replace({q}, \"user_id\", \"x\", \"job\", \"(.*)\")")),
                (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("topk(scalar({a}), {b})")),
                (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a}) / on (job) group_left () ({b})")),
                (inner.clone(), inner).prop_map(|(a, b)| format!("({a}) unless ({b})")),
            ]
        })
    }

    proptest! {
        #[test]
        fn no_selector_escapes(query in queries()) {
            let before = selectors(&parser::parse(&query).unwrap()).unwrap().len();
            let scoped = scope_query(&query, ME).unwrap();
            let seen = parser::parse(&scoped).unwrap();
            let after = selectors(&seen).unwrap();
            prop_assert_eq!(after.len(), before);
            prop_assert!(after.iter().all(|selector| is_confined(selector, ME)), "{}", scoped);
            // An independent count on the text: as many owners as selectors.
            prop_assert!(scoped.matches("user_id=\"usr_me\"").count() >= before);
        }

        #[test]
        fn noise_never_panics_and_never_escapes(noise in "[a-z(){}\\[\\]\"=~!,.0-9 @#:+-]{0,60}") {
            if let Ok(scoped) = scope_query(&noise, ME) {
                let seen = parser::parse(&scoped).unwrap();
                prop_assert!(selectors(&seen).unwrap().iter().all(|selector| is_confined(selector, ME)));
            }
        }
    }
}

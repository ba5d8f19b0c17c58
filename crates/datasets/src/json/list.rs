//! A list that is looked at twice: once to see whether it is good, once to take its elements.

use super::arena::Arena;
use super::fault::Fault;
use super::scan::Scanner;
use super::unknown::Unknown;

/// A list, found to be good but not kept: [`List::each`] reads it again. A list of millions of elements would not fit.
#[derive(Clone, Copy)]
pub(crate) struct List<'a> {
    name: &'static str,
    source: &'a [u8],
    count: i64,
    depth: u32,
}

impl<'a> List<'a> {
    /// Reads a list, the value of the member `name`, with `element` for each of its values; or a null as `None`.
    pub(crate) fn read<E>(
        name: &'static str,
        scan: &mut Scanner<'a>,
        arena: &mut Arena,
        unknown: &mut Unknown,
        element: impl FnMut(&mut Scanner<'a>, &mut Arena, &mut Unknown) -> Result<E, Fault>,
    ) -> Result<Option<Self>, Fault> {
        if scan.null()? {
            return Ok(None);
        }
        let start = scan.at();
        let mut count = 0;
        unknown.enter_list(name);
        walk(scan, arena, unknown, element, |_, _| count += 1)?;
        let source = scan.since(start);
        let depth = scan.depth();
        unknown.leave_list(source, depth)?;
        Ok(Some(Self {
            name,
            source,
            count,
            depth,
        }))
    }

    /// How many elements it has.
    pub(crate) fn count(self) -> i64 {
        self.count
    }

    /// How many bytes it takes in the source.
    pub(crate) fn source_bytes(self) -> usize {
        self.source.len()
    }

    /// Shows its elements one by one, read with what read them before. Of `scratch` nothing is kept.
    pub(crate) fn each<E>(
        self,
        arena: &mut Arena,
        scratch: &mut Unknown,
        element: impl FnMut(&mut Scanner<'a>, &mut Arena, &mut Unknown) -> Result<E, Fault>,
        show: impl FnMut(E, &Arena),
    ) {
        if self.count == 0 {
            return;
        }
        scratch.clear();
        scratch.enter_list(self.name);
        let mut scan = Scanner::nested(self.source, self.depth);
        walk(&mut scan, arena, scratch, element, show)
            .expect("invariant: the list was read without a fault before");
    }
}

fn walk<'a, E>(
    scan: &mut Scanner<'a>,
    arena: &mut Arena,
    unknown: &mut Unknown,
    mut element: impl FnMut(&mut Scanner<'a>, &mut Arena, &mut Unknown) -> Result<E, Fault>,
    mut show: impl FnMut(E, &Arena),
) -> Result<(), Fault> {
    let mut first = true;
    scan.begin_array()?;
    while scan.element(&mut first)? {
        let mark = arena.mark();
        let value = element(scan, arena, unknown)?;
        show(value, arena);
        arena.forget(mark);
    }
    Ok(())
}

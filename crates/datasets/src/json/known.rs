//! The members of a JSON object that a dataset knows.

use super::fault::Fault;
use super::scan::Scanner;
use super::unknown::Unknown;
use crate::reason::Reason;

/// The names of the members that a dataset knows of one of its objects, 64 at most.
pub(crate) struct Known(pub(crate) &'static [&'static str]);

impl Known {
    /// Reads an object: known members through `member`, which is given their place in the list and must read the value;
    /// the others go to `unknown`. A known member that stands twice is a fault, as is anything but an object.
    #[inline]
    pub(crate) fn read<'a>(
        &self,
        scan: &mut Scanner<'a>,
        unknown: &mut Unknown,
        mut member: impl FnMut(usize, &mut Scanner<'a>, &mut Unknown) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        let mut seen = 0_u64;
        let mut first = true;
        scan.begin_object()?;
        while let Some(key) = scan.key(&mut first)? {
            let name = key.text()?;
            let Some(place) = self.0.iter().position(|known| *known == name) else {
                unknown.member(scan, key, &name)?;
                continue;
            };
            if seen & 1 << place != 0 {
                return Err(Fault::from(Reason::RepeatedKey).within(self.0[place]));
            }
            seen |= 1 << place;
            member(place, scan, unknown).map_err(|fault| fault.within(self.0[place]))?;
        }
        Ok(())
    }
}

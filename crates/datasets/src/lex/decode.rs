//! From the bytes of an object to rows of `lex_conversation` and `lex_slot`.

use super::log::Log;
use super::stream::Stream;
use super::tables::Tables;
use crate::dataset::Decoder;
use crate::input::Input;
use crate::object::Object;
use crate::output::Output;

/// Makes a decoder of logs.
pub(super) fn decoder() -> Box<dyn Decoder> {
    Box::new(LexDecoder {
        tables: Tables::new(),
    })
}

struct LexDecoder {
    tables: Tables,
}

impl Decoder for LexDecoder {
    fn decode(&mut self, object: &Object, input: &mut Input<'_>, output: &mut Output<'_>) {
        let mut log = Log::new(object, &mut self.tables, output);
        Stream::new(input, &mut log).read();
    }

    fn finish(&mut self, output: &mut Output<'_>) {
        self.tables.hand_over(output);
    }
}

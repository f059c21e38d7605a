import OAuth

extension Letter {
    /// Who did it, as far as it is known: when, with what, from where.
    package static func facts(about visitor: Visitor, at now: Instant) -> [(fact: Fact, value: String)] {
        [(.time, String(now.seconds)), (.device, visitor.device), (.address, visitor.address)]
            .filter { !$0.value.isEmpty }
    }
}

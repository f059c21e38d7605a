import OAuth

/// An account on its way out: disabled since, and gone for good when the time of grace is over.
package struct Deletion: Sendable, Equatable {
    /// Who asked for it. What an operator deleted its person cannot bring back.
    package enum Actor: String, Sendable {
        case person
        case `operator`
    }

    package let time: Instant
    package let actor: Actor

    package init(time: Instant, actor: Actor) {
        self.time = time
        self.actor = actor
    }
}

/// What an operator can change about an account. A password is not among it: recovery is started, and the person
/// chooses one (PW13).
package enum AdministrativeChange: Sendable, Equatable {
    /// Sessions, grants, links and waiting mail of the person end with it (SE6). A deletion becomes the operator's, which
    /// its person cannot take back.
    case disable
    /// Of a deleted account too, while it is there. What ended stays ended.
    case enable
    /// The account is disabled, and gone when the time of grace is over; of one that its person has deleted, when that
    /// person's is.
    case delete
    /// The account is gone for good, with everything that names it. Its security events stay, by an id that leads
    /// nowhere.
    case purge
    /// All roles that the person has from then on.
    case setRoles([Role])
}

/// What became of a change.
package enum ChangeOutcome: Sendable, Equatable {
    /// As it is now; one that is gone, as it was.
    case changed(Account)
    /// Nobody has this id, or not any more.
    case nobody
    /// The account is not as it was seen: somebody else was faster.
    case changedMeanwhile
    /// Nobody would be left who can administer.
    case lastAdministrator
}

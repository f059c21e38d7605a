import Identity

/// Second factors, as the pages need them.
package struct FactorRooms: Sendable {
    package let policy: FactorPolicy
    package let proving: SecondFactor
    package let enrolment: FactorEnrolment
    package let passkeys: Passkeys
    package let recoveries: FactorRecoveries
    /// Asked by the dispatcher, too.
    package let standings: FactorStandingRule
    package let store: any FactorStore
    package let remembered: any RememberedBrowserStore

    package init(
        policy: FactorPolicy, proving: SecondFactor, enrolment: FactorEnrolment, passkeys: Passkeys,
        recoveries: FactorRecoveries, standings: FactorStandingRule, store: any FactorStore,
        remembered: any RememberedBrowserStore
    ) {
        self.policy = policy
        self.proving = proving
        self.enrolment = enrolment
        self.passkeys = passkeys
        self.recoveries = recoveries
        self.standings = standings
        self.store = store
        self.remembered = remembered
    }
}

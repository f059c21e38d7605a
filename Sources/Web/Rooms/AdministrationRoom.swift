import Identity

/// The room of administration: its rules, who may call them, and what its lists need.
package struct AdministrationRoom: Sendable {
    let rules: Administration
    let access: AdministrationAccess
    let cursors: PageCursors
    package let invitations: Invitations
    /// Makes the accounts of those who were invited.
    let creation: AccountCreation

    package init(
        rules: Administration, access: AdministrationAccess, cursors: PageCursors, invitations: Invitations,
        creation: AccountCreation
    ) {
        self.rules = rules
        self.access = access
        self.cursors = cursors
        self.invitations = invitations
        self.creation = creation
    }
}

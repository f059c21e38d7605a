extension Migration {
    /// By whose word somebody is invited: an account's id; NULL for the command line and for apps. Those from before this
    /// step name nobody, and run out within seven days.
    static let invitationInviters = Migration(
        version: 21, name: "invitation_inviters",
        statements: [
            "ALTER TABLE invitations ADD COLUMN inviter TEXT",
            "CREATE INDEX invitations_by_inviter ON invitations (inviter)",
        ])
}

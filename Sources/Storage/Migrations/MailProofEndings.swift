extension Migration {
    /// How a proof of a mailbox ended: NULL where it was spent on what it was for.
    static let mailProofEndings = Migration(
        version: 25, name: "mail_proof_endings", statements: ["ALTER TABLE mail_proofs ADD COLUMN ended_as TEXT"])
}

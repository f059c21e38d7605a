/// Why one request was refused: what is kept under the reference that its page or answer showed.
package struct Explanation: Sendable, Equatable {
    package let reference: String
    package let at: Instant
    /// Method and path, as the log has it.
    package let route: String
    package let status: Int
    package let examination: Examination

    package init(reference: String, at: Instant, route: String, status: Int, examination: Examination) {
        self.reference = reference
        self.at = at
        self.route = route
        self.status = status
        self.examination = examination
    }
}

/// The short reference of the request that is being answered, for whoever writes something down about it:
/// the log, the record of events, an explanation. An error page shows the same one.
///
/// It goes with the task, so that no rule has to hand it on; no rule may read it. It is made here for each
/// request and never taken from one. `nil` outside of requests, and on threads that no task runs on (inside
/// a write to the database, say): read it before.
package enum RequestReference {
    @TaskLocal package static var current: String?
}

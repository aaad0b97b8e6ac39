//! Another tool to compare with, as the user types it.
use std::str::FromStr;

/// A command that runs the command behind it, under some tool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Peer {
    /// What the tables call it.
    pub name: String,
    /// Its words.
    pub command: Vec<String>,
}

impl FromStr for Peer {
    type Err = String;

    /// Reads `NAME=COMMAND`. Blanks part the words of the command, and nothing can quote them.
    fn from_str(text: &str) -> Result<Peer, String> {
        let (name, command) = text.split_once('=').ok_or("give NAME=COMMAND, such as 'ltrace=ltrace -f'")?;
        let command: Vec<String> = command.split_whitespace().map(str::to_owned).collect();
        if name.is_empty() || command.is_empty() {
            return Err("neither NAME nor COMMAND may be empty".into());
        }
        if ["native", "ptrace", "notify"].contains(&name)
            || ["strace", "least"].iter().any(|ours| name.starts_with(ours))
        {
            return Err(format!("`{name}` is already the name of another contender"));
        }
        Ok(Peer { name: name.to_owned(), command })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_peer_is_a_name_and_words() {
        let peer: Peer = "rr=rr record -o=x".parse().unwrap();
        assert_eq!(peer.name, "rr");
        assert_eq!(peer.command, ["rr", "record", "-o=x"]);
    }

    #[test]
    fn a_peer_without_a_name_or_a_command_or_with_a_name_of_ours_is_refused() {
        for wrong in ["rr", "=rr", "rr=", "rr= ", "native=rr", "strace -f=strace"] {
            assert!(wrong.parse::<Peer>().is_err(), "{wrong}");
        }
    }
}

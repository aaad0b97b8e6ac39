//! A map that finds the entry that was asked for last without a search.
use std::cell::Cell;
use std::collections::BTreeMap;

/// At a stop the same task and the same call are asked for several times, by parts that know nothing of each other, and
/// mostly they are those of the stop before. Keys are ordered; values stay where they are until they are removed.
#[derive(Debug)]
pub(crate) struct RecentMap<K: Copy, V> {
    places: BTreeMap<K, usize>,
    values: Vec<Option<V>>,
    vacant: Vec<usize>,
    /// The last entry that was found, and that is still there.
    last: Cell<Option<(K, usize)>>,
}

impl<K: Copy, V> Default for RecentMap<K, V> {
    fn default() -> Self {
        RecentMap { places: BTreeMap::new(), values: Vec::new(), vacant: Vec::new(), last: Cell::new(None) }
    }
}

impl<K: Copy + Ord, V> RecentMap<K, V> {
    #[inline]
    fn place(&self, key: K) -> Option<usize> {
        match self.last.get() {
            Some((last, place)) if last == key => Some(place),
            _ => self.search(key),
        }
    }

    #[inline(never)]
    fn search(&self, key: K) -> Option<usize> {
        let place = *self.places.get(&key)?;
        self.last.set(Some((key, place)));
        Some(place)
    }

    pub(crate) fn contains(&self, key: K) -> bool {
        self.place(key).is_some()
    }

    pub(crate) fn get(&self, key: K) -> Option<&V> {
        self.values[self.place(key)?].as_ref()
    }

    pub(crate) fn get_mut(&mut self, key: K) -> Option<&mut V> {
        let place = self.place(key)?;
        self.values[place].as_mut()
    }

    /// Returns the value of `key`, made by `value` if there is none.
    pub(crate) fn get_or_insert_with(&mut self, key: K, value: impl FnOnce() -> V) -> &mut V {
        let place = self.place(key).unwrap_or_else(|| self.add(key));
        self.values[place].get_or_insert_with(value)
    }

    /// Replaces the value of `key`, and returns the one it had.
    pub(crate) fn insert(&mut self, key: K, value: V) -> Option<V> {
        let place = self.place(key).unwrap_or_else(|| self.add(key));
        self.values[place].replace(value)
    }

    fn add(&mut self, key: K) -> usize {
        let place = self.vacant.pop().unwrap_or_else(|| {
            self.values.push(None);
            self.values.len() - 1
        });
        self.places.insert(key, place);
        place
    }

    pub(crate) fn remove(&mut self, key: K) -> Option<V> {
        let place = self.places.remove(&key)?;
        self.last.set(None);
        self.vacant.push(place);
        self.values[place].take()
    }

    pub(crate) fn clear(&mut self) {
        *self = RecentMap::default();
    }

    pub(crate) fn len(&self) -> usize {
        self.places.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// The keys, in their order.
    pub(crate) fn keys(&self) -> impl Iterator<Item = K> {
        self.places.keys().copied()
    }

    /// The entries, in the order of their keys.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (K, &V)> {
        self.places.iter().filter_map(|(key, place)| Some((*key, self.values[*place].as_ref()?)))
    }

    /// The values, in no order.
    pub(crate) fn values_mut(&mut self) -> impl Iterator<Item = &mut V> {
        self.values.iter_mut().flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[derive(Clone, Debug)]
    enum Step {
        Insert(u8, u8),
        OrInsert(u8, u8),
        Change(u8, u8),
        Remove(u8),
        Clear,
    }

    fn step() -> impl Strategy<Value = Step> {
        // Few keys, so that most steps meet an entry.
        prop_oneof![
            4 => (0..6_u8, any::<u8>()).prop_map(|(key, value)| Step::Insert(key, value)),
            4 => (0..6_u8, any::<u8>()).prop_map(|(key, value)| Step::OrInsert(key, value)),
            4 => (0..6_u8, any::<u8>()).prop_map(|(key, value)| Step::Change(key, value)),
            4 => (0..6_u8).prop_map(Step::Remove),
            1 => Just(Step::Clear),
        ]
    }

    proptest! {
        #[test]
        fn it_holds_what_a_plain_map_holds(steps in prop::collection::vec(step(), 0..64)) {
            let (mut ours, mut plain) = (RecentMap::default(), BTreeMap::new());
            for step in steps {
                match step {
                    Step::Insert(key, value) => prop_assert_eq!(ours.insert(key, value), plain.insert(key, value)),
                    Step::OrInsert(key, value) => {
                        let theirs = plain.entry(key).or_insert(value);
                        prop_assert_eq!(ours.get_or_insert_with(key, || value), theirs);
                    }
                    Step::Change(key, value) => {
                        ours.get_mut(key).into_iter().for_each(|old| *old = value);
                        plain.get_mut(&key).into_iter().for_each(|old| *old = value);
                    }
                    Step::Remove(key) => prop_assert_eq!(ours.remove(key), plain.remove(&key)),
                    Step::Clear => {
                        ours.clear();
                        plain.clear();
                    }
                }
                prop_assert!(ours.iter().map(|(key, value)| (key, *value)).eq(plain.clone()));
                prop_assert!(ours.keys().eq(plain.keys().copied()));
                prop_assert_eq!((ours.len(), ours.is_empty()), (plain.len(), plain.is_empty()));
                for key in 0..6 {
                    prop_assert_eq!(ours.get(key), plain.get(&key));
                    prop_assert_eq!(ours.contains(key), plain.contains_key(&key));
                }
                prop_assert_eq!(ours.values_mut().count(), plain.len());
            }
        }
    }

    #[test]
    fn what_is_removed_makes_room_for_others() {
        let mut map = RecentMap::default();
        for key in 0..1000 {
            map.insert(key, key);
            map.remove(key);
        }
        assert_eq!(map.values.len(), 1);
    }
}

/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef MEC_TOKEN_SEQUENCES_H
#define MEC_TOKEN_SEQUENCES_H

#include "mec-token-sequence.h"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <unordered_map>
#include <vector>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief The sequences of an engine, by place and by id, each in one of three lists: with a seat,
 * in the queue for one, or resident and idle.
 */
class TokenSequences
{
  public:
    /**
     * A sequence gets a place; it is in no list yet.
     * @param job what is asked
     * @return the sequence
     * @throws std::invalid_argument in one line where its id is taken
     */
    TokenSequence& Add(const TokenJob& job);
    /// @param id of a job @return its sequence, null where there is none
    TokenSequence* Find(uint64_t id) const;
    /// @param place of a sequence, also of one that is gone and still in a step @return it
    TokenSequence& At(std::size_t place) const;

    /// It joins the end of the queue. @param sequence one in no list
    void Enqueue(TokenSequence& sequence);
    /// It gets a seat. @param sequence the head of the queue
    void Seat(TokenSequence& sequence);
    /// The last with a seat becomes the head of the queue. @return it
    TokenSequence& Unseat();
    /// It has nothing to compute. @param sequence a resident one in no list
    void Rest(TokenSequence& sequence);
    /// Take it from its list. @param sequence one in a list
    void Unlist(TokenSequence& sequence);
    /// It leaves: its id is free, and its place once no step needs it. @param sequence one in a
    /// list, without KV blocks
    void Remove(TokenSequence& sequence);
    /// Free the place of a sequence that is gone, once no step needs it. @param sequence the
    /// sequence, not to be used afterwards
    void Forget(TokenSequence& sequence);

    /**
     * @param taker who needs KV blocks
     * @return who has no seat and loses its blocks first: the one that is idle for longest, or else
     * the last in the queue; null where none of them has any
     */
    TokenSequence* FindEvictable(const TokenSequence& taker) const;

    /// @return those with a seat, in the order of their admission
    const std::vector<TokenSequence*>& GetRunning() const;
    /// @return the queue
    const std::deque<TokenSequence*>& GetWaiting() const;
    /// @return resident sequences without a pass, idle for longest first
    const std::deque<TokenSequence*>& GetIdle() const;

  private:
    std::vector<std::unique_ptr<TokenSequence>> m_sequences; //!< by place
    std::vector<std::size_t> m_freePlaces;                   //!< places without a sequence
    std::unordered_map<uint64_t, std::size_t> m_places;      //!< by id, of those that are here
    std::vector<TokenSequence*> m_running;                   //!< in order of admission
    std::deque<TokenSequence*> m_waiting;                    //!< the queue
    std::deque<TokenSequence*> m_idle;                       //!< idle for longest first
};

} // namespace llmmec
} // namespace ns3

#endif // MEC_TOKEN_SEQUENCES_H

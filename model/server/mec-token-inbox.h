/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef MEC_TOKEN_INBOX_H
#define MEC_TOKEN_INBOX_H

#include "mec-token-record.h"
#include "mec-token-scheduler.h"

#include <cstdint>
#include <functional>
#include <vector>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief What an engine was asked for since its last step ended: requests, resident sequences, and
 * passes over these, each in the order of its arrival.
 */
class TokenInbox
{
  public:
    /**
     * A request arrives.
     * @param record the request and when it came
     * @param isResident whether its text comes piece by piece
     */
    void Add(const TokenRecord& record, bool isResident);
    /// A pass is asked for. @param rightTokens of the text that are right @param pass what is
    /// computed
    void Add(uint64_t rightTokens, const ResidentPass& pass);

    /// A pass is not wanted any more. @param id of its sequence @return whether it was here
    bool RemovePass(uint64_t id);
    /// A request leaves, with its passes. @param id of it @return whether the request was here
    bool Remove(uint64_t id);

    /**
     * Hand all over, requests first.
     * @param scheduler who gets them
     * @param tell told of each request: its record, and its place in the scheduler
     */
    void Empty(TokenScheduler& scheduler,
               const std::function<void(const TokenRecord&, std::size_t)>& tell);

    /// @return requests and passes
    uint32_t GetSize() const;
    /// Count what is here as left to compute. @param left gets it
    void AddTo(TokenScheduler::Remainder& left) const;

  private:
    /// A request that has arrived
    struct Arrival
    {
        TokenRecord record;     //!< how it goes
        bool isResident{false}; //!< whether its text comes piece by piece
    };

    /// A pass that is asked for
    struct Extension
    {
        uint64_t rightTokens{0}; //!< of the text that are right
        ResidentPass pass;       //!< what is computed
    };

    std::vector<Arrival> m_arrivals; //!< requests
    std::vector<Extension> m_passes; //!< passes
};

} // namespace llmmec
} // namespace ns3

#endif // MEC_TOKEN_INBOX_H

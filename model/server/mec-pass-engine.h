/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef MEC_PASS_ENGINE_H
#define MEC_PASS_ENGINE_H

#include "mec-token-scheduler.h"

#include "ns3/callback.h"
#include "ns3/object.h"

#include <cstdint>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief How a pass over the end of a sequence went.
 */
struct PassRecord
{
    uint64_t id{0};     ///< of the sequence
    double latencyS{0}; ///< from the request to the end, with waiting, s
    double energyJ{0};  ///< the server's energy for it, J
};

/**
 * @ingroup llm-mec
 * @brief What computes single passes of a model over sequences that stay in memory, such as those
 * that verify drafts. A sequence has one pass at a time.
 */
class PassEngine : public Object
{
  public:
    /// Tells that a pass is complete.
    using DoneCallback = Callback<void, const PassRecord&>;

    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    /// @param done called when a pass is complete
    void SetDoneCallback(DoneCallback done);

    /**
     * A sequence begins, without text.
     * @param longest number and longest text: the prompt and what may follow it
     * @throws std::invalid_argument in one line where it can never be served
     */
    virtual void Open(const TokenJob& longest) = 0;

    /**
     * Ask for a pass to the end of a sequence's text.
     * @param rightTokens of the text that was computed are right: what follows is computed anew
     * @param pass what is computed
     */
    virtual void Compute(uint64_t rightTokens, const ResidentPass& pass) = 0;

    /**
     * The pass of a sequence is not wanted any more.
     * @param id of the sequence
     * @return whether it was given up; where not, it will end, and it counts
     */
    virtual bool Withdraw(uint64_t id) = 0;

    /**
     * A sequence ends: nothing of it is told any more.
     * @param id of the sequence
     * @return energy for it since its last pass that was told, J; what is under way comes on top
     */
    virtual double Close(uint64_t id) = 0;

    /**
     * @param tokens of a pass, each with a row of logits
     * @param contextTokens before them
     * @return how long the pass would take if nothing else were here, s
     */
    virtual double EstimateS(double tokens, double contextTokens) const = 0;

  protected:
    void DoDispose() override;

    DoneCallback m_done; //!< called when a pass is complete
};

} // namespace llmmec
} // namespace ns3

#endif // MEC_PASS_ENGINE_H

/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef MEC_BATCHING_PASS_ENGINE_H
#define MEC_BATCHING_PASS_ENGINE_H

#include "mec-batching-engine.h"
#include "mec-pass-engine.h"

#include <cstdint>
#include <unordered_map>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief Passes of all sequences are computed in the same steps of an engine with continuous
 * batching, in which the sequences are resident: see TokenScheduler.
 */
class BatchingPassEngine : public PassEngine
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    /**
     * @copydoc PassEngine::Open
     * @throws std::runtime_error in one line where the engine is another object's, or its
     * PipelineDepth is not 1: a verdict would come too late for the next step
     */
    void Open(const TokenJob& longest) override;
    void Compute(uint64_t rightTokens, const ResidentPass& pass) override;
    bool Withdraw(uint64_t id) override;
    double Close(uint64_t id) override;
    double EstimateS(double tokens, double contextTokens) const override;

    /// @return the engine
    Ptr<ContinuousBatchingEngine> GetEngine() const;

  protected:
    void DoDispose() override;

  private:
    /// A sequence that is open
    struct Sequence
    {
        double askedS{0};  //!< when its pass was asked for, s
        double energyJ{0}; //!< of its passes so far, J
    };

    /// A pass is complete. @param record of its sequence @param index of the pass
    void Done(const TokenRecord& record, uint32_t index);

    Ptr<ContinuousBatchingEngine> m_engine;             //!< computes
    std::unordered_map<uint64_t, Sequence> m_sequences; //!< by number
};

} // namespace llmmec
} // namespace ns3

#endif // MEC_BATCHING_PASS_ENGINE_H

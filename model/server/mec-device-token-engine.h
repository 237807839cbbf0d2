/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef MEC_DEVICE_TOKEN_ENGINE_H
#define MEC_DEVICE_TOKEN_ENGINE_H

#include "mec-token-engine.h"

#include "ns3/event-id.h"
#include "ns3/llm-step-time-model.h"

#include <cstdint>
#include <deque>
#include <optional>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief A device, such as a phone, that answers one request at a time, in the order of their
 * arrival: a step for the prompt, which yields the first token, and one for each further token.
 *
 * The device keeps the text of its latest request in memory. A request that goes on from it has
 * only its new tokens computed.
 */
class DeviceTokenEngine : public TokenEngine
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    /**
     * A request arrives.
     * @param job the request
     * @throws std::invalid_argument in one line where its text does not fit into memory
     * @throws std::runtime_error in one line where the weights alone do not
     */
    void Submit(const TokenJob& job) override;
    bool Cancel(uint64_t id) override;

  protected:
    void DoDispose() override;

  private:
    /// Begin the first request of the queue.
    void Begin();
    /// Compute a step. @param query what is computed
    void Compute(const LlmStepQuery& query);
    /// A step is complete: a token is there.
    void EndStep();

    Ptr<StepTimeModel> m_stepTime;    //!< step times
    std::deque<TokenJob> m_jobs;      //!< the first of them is computed
    uint32_t m_made{0};               //!< tokens of its answer that are there
    std::optional<TokenJob> m_latest; //!< whose text is in memory, but for its last token
    uint32_t m_latestTokens{0};       //!< of that text, what was computed
    EventId m_step;                   //!< end of the step under way
};

} // namespace llmmec
} // namespace ns3

#endif // MEC_DEVICE_TOKEN_ENGINE_H

/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef SPECULATIVE_SERVER_H
#define SPECULATIVE_SERVER_H

#include "ns3/application.h"
#include "ns3/mec-link.h"
#include "ns3/mec-pass-engine.h"
#include "ns3/speculative-verifier.h"
#include "ns3/traced-callback.h"

#include <cstdint>
#include <map>
#include <memory>
#include <unordered_map>
#include <vector>

namespace ns3
{
namespace llmmec
{

/**
 * @ingroup llm-mec
 * @brief An answer that a SpeculativeServer is about to verify.
 */
struct VerifiedAnswer
{
    SpeculativeMode mode{SpeculativeMode::EVENT}; ///< who waits for whom
    uint32_t aheadPasses{0};                      ///< see SpeculativeVerifier
    uint32_t promptTokens{1};                     ///< tokens of the prompt, >= 1
    std::vector<uint32_t> target;                 ///< ids of the target's own text, at least one
};

/**
 * @ingroup llm-mec
 * @brief What an answer took of a server.
 */
struct SpeculativeWork
{
    uint64_t passes{0}; ///< passes that were computed to their end
    double energyJ{0};  ///< energy of all passes, J, without that of a step under way
};

/**
 * @ingroup llm-mec
 * @brief A server that verifies drafts: one SpeculativeVerifier for each answer, whose passes a
 * PassEngine computes.
 *
 * What the target model would say is given with the answer, by Expect, since no model runs here.
 * The rest goes over the link: the prompt, windows, and verdicts back.
 */
class SpeculativeServer : public Application, public MecLinkServer
{
  public:
    /**
     * @brief Get the type ID.
     * @return the object TypeId
     */
    static TypeId GetTypeId();

    /**
     * Join a cell, once the server is on its node.
     * @param link its link
     */
    void Join(Ptr<MecLink> link);

    /**
     * An MLU is about to ask: what the target model will say.
     * @param mlu index of the MLU @param id number of the answer, below 2^32
     * @param answer what will be verified
     * @throws std::invalid_argument in one line where memory has no room for it
     */
    void Expect(uint32_t mlu, uint64_t id, const VerifiedAnswer& answer);

    void ReceiveRequest(const OffloadRequest& request, const LinkDelivery& delivery) override;

    /**
     * An answer is complete, or no longer wanted.
     * @param mlu index of the MLU @param id number of the answer
     * @return what it took
     */
    SpeculativeWork Close(uint32_t mlu, uint64_t id);

    /// @return index of the server in its cell
    uint32_t GetIndex() const;
    /// @return what computes passes
    Ptr<PassEngine> GetEngine() const;
    /// @return answers that are being verified
    std::size_t GetAnswers() const;

    /**
     * TracedCallback signature of a verdict that goes back.
     * @param [in] answer the message
     */
    typedef void (*VerdictTracedCallback)(const OffloadAnswer& answer);

  protected:
    void DoDispose() override;

  private:
    /// An answer that is being verified
    struct Session
    {
        SpeculativeVerifier verifier;         //!< says what to do
        OffloadRequest request;               //!< the last that came
        LinkDelivery upload;                  //!< of it
        uint32_t promptTokens{0};             //!< tokens of the prompt
        SpeculativeWork work;                 //!< that was done for it
        double askedS{0};                     //!< when what the pass under way is for arrived, s
        std::map<uint64_t, double> arrivalsS; //!< of windows, by the token after them, s
    };

    /// @param mlu index of an MLU @param id of its answer @return number at the engine
    static uint64_t GetKey(uint32_t mlu, uint64_t id);
    /// Do what the verifier wants. @param key number of the answer @param session of it
    void Act(uint64_t key, Session& session);
    /// A pass is complete. @param record how it went
    void Done(const PassRecord& record);

    Ptr<PassEngine> m_engine;                         //!< computes passes
    Ptr<MecLink> m_link;                              //!< brings messages, takes verdicts back
    uint32_t m_index{0};                              //!< index in the cell
    std::unordered_map<uint64_t, Session> m_sessions; //!< by number

    TracedCallback<const OffloadAnswer&> m_verdictTrace; //!< a verdict goes back
};

} // namespace llmmec
} // namespace ns3

#endif // SPECULATIVE_SERVER_H
